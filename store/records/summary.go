package records

import (
	"encoding/binary"

	"github.com/ltskit/ltskit/lts"
)

// summaryFormat begins every summary.
const summaryFormat = 1

// A summary says what a block holds. Its key has the greatest line number.
type summary struct {
	window lts.Window // from the least line number to behind the greatest
	number int
	bytes  int // of content
	sets   []string
}

func summarize(records *columns) summary {
	return summary{
		window: lts.Window{From: records.first(), To: records.last() + 1},
		number: records.len(),
		bytes:  len(records.text),
		sets:   records.sets.encoded,
	}
}

func (s summary) greatest() int64 { return s.window.To - 1 }

func (s summary) encode() []byte {
	b := []byte{summaryFormat}
	b = binary.AppendUvarint(b, uint64(s.window.To-s.window.From))
	b = binary.AppendUvarint(b, uint64(s.number))
	b = binary.AppendUvarint(b, uint64(s.bytes))
	return appendSets(b, s.sets)
}

func decodeSummary(key, value []byte) (summary, error) {
	if len(value) == 0 || len(key) != lineKeyLen {
		return summary{}, errCorrupt("summary")
	}
	if value[0] != summaryFormat {
		return summary{}, errFormat("summary", value[0], summaryFormat)
	}
	b := value[1:]
	var numbers [3]uint64
	for i := range numbers {
		number, n := binary.Uvarint(b)
		if n <= 0 {
			return summary{}, errCorrupt("summary")
		}
		numbers[i], b = number, b[n:]
	}
	sets, _, ok := takeSets(b)
	if !ok {
		return summary{}, errCorrupt("summary")
	}
	to := lineOf(key) + 1
	return summary{lts.Window{From: to - int64(numbers[0]), To: to}, int(numbers[1]), int(numbers[2]), sets}, nil
}

// A labelMatch says how many of the records of a block have wanted labels.
type labelMatch int

const (
	labelsNone labelMatch = iota
	labelsSome
	labelsAll
)

// matchLabels says how many of the block's records have the labels that the
// filter wants.
func (s summary) matchLabels(filter lts.Filter) (labelMatch, error) {
	if len(filter.Labels) == 0 {
		return labelsAll, nil
	}
	matching := 0
	for _, set := range s.sets {
		labels, err := decodeLabels([]byte(set))
		if err != nil {
			return labelsNone, err
		}
		if filter.MatchLabels(labels) {
			matching++
		}
	}
	switch matching {
	case 0:
		return labelsNone, nil
	case len(s.sets):
		return labelsAll, nil
	default:
		return labelsSome, nil
	}
}

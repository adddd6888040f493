package records

import (
	"encoding/binary"
	"slices"
)

// encodeLabels writes labels so that equal ones have equal bytes.
func encodeLabels(labels map[string]string) []byte {
	names := make([]string, 0, 16)
	size := 0
	for name, value := range labels {
		names = append(names, name)
		size += len(name) + len(value) + 2*binary.MaxVarintLen32
	}
	slices.Sort(names)
	b := make([]byte, 0, size)
	for _, name := range names {
		b = appendString(b, name)
		b = appendString(b, labels[name])
	}
	return b
}

func decodeLabels(b []byte) (map[string]string, error) {
	labels := map[string]string{}
	for len(b) > 0 {
		var name, value string
		var ok bool
		if name, b, ok = takeString(b); !ok {
			return nil, errCorrupt("labels")
		}
		if value, b, ok = takeString(b); !ok {
			return nil, errCorrupt("labels")
		}
		labels[name] = value
	}
	return labels, nil
}

func appendString[T string | []byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// takeString takes what appendString wrote off b.
func takeString(b []byte) (s string, rest []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return "", nil, false
	}
	b = b[n:]
	return string(b[:size]), b[size:], true
}

// labelSets are distinct label sets, encoded, in the order in which they came.
type labelSets struct {
	encoded []string
	decoded []map[string]string // filled on demand
	index   map[string]int
}

// add gives the place of a label set, a new one if it was not there.
func (s *labelSets) add(encoded string) int {
	if i, ok := s.index[encoded]; ok {
		return i
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	s.encoded = append(s.encoded, encoded)
	s.decoded = append(s.decoded, nil)
	s.index[encoded] = len(s.encoded) - 1
	return len(s.encoded) - 1
}

// labels gives a label set, the same map whenever it is asked.
func (s *labelSets) labels(i int) (map[string]string, error) {
	if s.decoded[i] == nil {
		labels, err := decodeLabels([]byte(s.encoded[i]))
		if err != nil {
			return nil, err
		}
		s.decoded[i] = labels
	}
	return s.decoded[i], nil
}

// appendSets and takeSets write and read label sets with their number in front.
func appendSets(b []byte, encoded []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(encoded)))
	for _, set := range encoded {
		b = appendString(b, set)
	}
	return b
}

func takeSets(b []byte) (encoded []string, rest []byte, ok bool) {
	number, n := binary.Uvarint(b)
	if n <= 0 || number > uint64(len(b)) {
		return nil, nil, false
	}
	b = b[n:]
	for range number {
		var set string
		if set, b, ok = takeString(b); !ok {
			return nil, nil, false
		}
		encoded = append(encoded, set)
	}
	return encoded, b, true
}

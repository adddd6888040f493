package records

import (
	"bytes"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/ltskit/ltskit/lts"
)

// wordFilters read what one of the tables says of the words of blocks. They
// open it when it is needed.
type wordFilters struct {
	view  *view
	table byte
	it    *pebble.Iterator
}

func (w *wordFilters) close() error {
	if w.it == nil {
		return nil
	}
	return w.it.Close()
}

// value gives a block's value, which is valid until the next call.
func (w *wordFilters) value(s summary) ([]byte, error) {
	if w.it == nil {
		it, err := w.view.snapshot.NewIter(&pebble.IterOptions{
			LowerBound: streamKey(w.table, w.view.stream), UpperBound: streamKey(w.table, w.view.stream+1)})
		if err != nil {
			return nil, err
		}
		w.it = it
	}
	key := lineKey(w.table, w.view.stream, s.greatest())
	if !w.it.SeekGE(key) || !bytes.Equal(w.it.Key(), key) {
		return nil, errors.Join(w.it.Error(), errCorrupt("block: its words are missing"))
	}
	return w.it.ValueAndErr()
}

// mayMatch tells whether a record of the block can match keywords.
func (w *wordFilters) mayMatch(s summary, keywords *lts.Keywords) (bool, error) {
	if keywords.Empty() {
		return true, nil
	}
	filter, err := w.value(s)
	if err != nil {
		return false, err
	}
	return keywords.MayMatch(func(word string) bool { return filterHas(filter, wordHash(word)) }), nil
}

// count gives the number of records of the block that have a word, 0 if it is
// not known.
func (w *wordFilters) count(s summary, word string) (int, error) {
	counts, err := w.value(s)
	if err != nil {
		return 0, err
	}
	return countOf(counts, wordHash(word)), nil
}

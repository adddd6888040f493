package records

import (
	"slices"
	"strings"
	"testing"
)

func packed(t *testing.T, records *columns) (*blockCodec, []byte) {
	t.Helper()
	codec, err := newBlockCodec()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(codec.close)
	return codec, codec.encode(nil, records.appendHead(nil), records.text)
}

func someColumns() *columns {
	c := &columns{}
	c.add(7, "labels", []byte("first"))
	c.add(8, "other labels", nil)
	c.add(100, "labels", []byte("third"))
	return c
}

func TestBlocksAreReadAsWritten(t *testing.T) {
	want := someColumns()
	codec, block := packed(t, want)
	var got columns
	if _, err := codec.decode(&got, block, nil); err != nil {
		t.Fatalf("decode: %v", err)
	}
	if !slices.Equal(got.lines, want.lines) || !slices.Equal(got.label, want.label) || !slices.Equal(got.ends, want.ends) ||
		string(got.text) != string(want.text) || !slices.Equal(got.sets.encoded, want.sets.encoded) {
		t.Errorf("decode gives %+v, want %+v", got, *want)
	}
	var head columns
	if _, _, err := codec.decodeHead(&head, block, nil); err != nil || !slices.Equal(head.lines, want.lines) || len(head.text) > 0 {
		t.Errorf("decodeHead gives %+v, %v, want the lines of %+v and no text", head, err, *want)
	}
}

func TestBlocksThatCannotBeRead(t *testing.T) {
	codec, block := packed(t, someColumns())
	shortened := someColumns()
	shortened.text = shortened.text[:5]
	_, textMissing := packed(t, shortened)
	tests := []struct {
		name  string
		block []byte
		want  string
	}{
		{"another format", append([]byte{blockFormat + 1}, block[1:]...), "has format 3, this program reads format 2"},
		{"nothing", nil, "corrupt"},
		{"only the introduction", block[:blockIntro], "corrupt"},
		{"a head that is cut off", block[:blockIntro+3], "corrupt"},
		{"less text than the head says", textMissing, "corrupt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := codec.decode(&columns{}, tt.block, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("decode: %v, want %q in it", err, tt.want)
			}
		})
	}
}

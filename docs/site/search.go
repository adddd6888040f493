package site

import (
	"encoding/json"
	"fmt"
	"path"
)

// An entry is something that the search finds.
type entry struct {
	ID      int    `json:"id"`
	Kind    string `json:"kind"` // "operation", "error", "contradiction" or "page"
	Edition string `json:"edition,omitempty"`
	Title   string `json:"title"`
	Name    string `json:"name,omitempty"` // operationId, code or ID
	Text    string `json:"text"`
	Words   string `json:"words,omitempty"` // that find it as well, and are not shown
	URL     string `json:"url"`             // from the folder of the language
}

// note makes something findable.
func (w *writer) note(e entry) {
	e.ID = len(w.entries)
	w.entries = append(w.entries, e)
}

// search writes the page of the search and, in a script, what it finds. The
// index is made in the browser; it takes a few milliseconds.
func (w *writer) search() error {
	data, err := json.Marshal(w.entries)
	if err != nil {
		return err
	}
	w.files[path.Join(w.language, "search.js")] = fmt.Appendf(nil, "window.ltsEntries = %s;\n", data)
	return w.write("search", page{Path: "search.html", Section: "search", Title: w.words.Get("search")})
}

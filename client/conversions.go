package client

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
)

// optional is nil for a zero value, which a request leaves out.
func optional[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

func deref[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}

// toTags keeps the difference between no tags (nil: they stay) and an empty
// list (they go).
func toTags(tags []lts.Tag) []api.ResourceTag {
	if tags == nil {
		return nil
	}
	list := make([]api.ResourceTag, len(tags))
	for i, tag := range tags {
		list[i] = api.ResourceTag{Key: tag.Key, Value: &tag.Value}
	}
	return list
}

// fromTagMap gives the tags of an answer in the order of their names.
func fromTagMap(tags map[string]string) []lts.Tag {
	var list []lts.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, lts.Tag{Key: key, Value: tags[key]})
	}
	return list
}

const jsonType = "application/json"

// lifetime is the body that changes a group or stream. The generated models
// cannot say that all tags go.
func lifetime(days int, tags []lts.Tag) io.Reader {
	body, err := json.Marshal(struct {
		TTLInDays int               `json:"ttl_in_days"`
		Tags      []api.ResourceTag `json:"tags,omitzero"`
	}{days, toTags(tags)})
	if err != nil {
		panic("client: " + err.Error()) // numbers and strings can always be encoded
	}
	return bytes.NewReader(body)
}

package lts

import (
	"strconv"
	"testing"
)

// What was read before a change must not be remembered after it.
func TestStreamCacheOutlivesNoChange(t *testing.T) {
	var cache streamCache
	key := streamKey{"project", "group", "stream"}
	_, changes, _ := cache.find(key)
	cache.forget("project")
	cache.keep(key, knownStream{}, changes)
	if _, _, known := cache.find(key); known {
		t.Error("a stream that was read before a change is remembered after it")
	}
}

func TestStreamCacheIsBounded(t *testing.T) {
	var cache streamCache
	for i := range 2*maxStreams + 1 {
		key := streamKey{"project", "group", strconv.Itoa(i)}
		cache.keep(key, knownStream{}, 0)
		if _, _, known := cache.find(key); !known {
			t.Fatalf("the stream %d, which is the last one, is not remembered", i)
		}
	}
	if n := len(cache.projects["project"].streams); n > maxStreams {
		t.Errorf("%d streams are remembered, want at most %d", n, maxStreams)
	}
}

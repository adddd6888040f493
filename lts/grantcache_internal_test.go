package lts

import (
	"strconv"
	"testing"
	"time"
)

func TestGrantCache(t *testing.T) {
	now := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)
	var cache grantCache
	if _, known := cache.find("token", now); known {
		t.Error("an empty cache knows a token")
	}
	cache.keep("token", Grant{User: Principal{ID: "u"}, ExpiresAt: now})
	if grant, known := cache.find("token", now.Add(-1)); !known || grant.User.ID != "u" {
		t.Errorf("find gives %v, %t before the token expires, want the user u", grant, known)
	}
	if _, known := cache.find("token", now); known {
		t.Error("the cache knows a token that has expired")
	}
}

func TestGrantCacheIsBounded(t *testing.T) {
	now := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)
	var cache grantCache
	for i := range 3 * maxGrants {
		token := strconv.Itoa(i)
		cache.keep(token, Grant{ExpiresAt: now.Add(1)})
		if _, known := cache.find(token, now); !known {
			t.Fatalf("the cache does not know token %d, which is the last one", i)
		}
		if len(cache.grants) > maxGrants {
			t.Fatalf("the cache has %d tokens, want at most %d", len(cache.grants), maxGrants)
		}
	}
}

package lts_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/catalog"
)

func ExampleService() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx := context.Background()
	kept, err := catalog.Open(ctx, filepath.Join(folder, "catalog.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = kept.Close() }()

	service := lts.NewService(lts.Config{Catalog: kept, Now: time.Now, NewID: uuid.NewString})
	const project = "0123456789abcdef0123456789abcdef"
	group, err := service.CreateGroup(ctx, project, lts.GroupSpec{Name: "web", TTLDays: 7})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := service.CreateStream(ctx, project, group.ID, lts.StreamSpec{Name: "access"}); err != nil {
		fmt.Println(err)
		return
	}
	streams, err := service.Streams(ctx, project, group.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(streams[0].Name, streams[0].TTLDays)

	_, err = service.CreateGroup(ctx, project, lts.GroupSpec{Name: "web", TTLDays: 7})
	fmt.Println(errors.Is(err, lts.ErrGroupExists))
	// Output:
	// access 7
	// true
}

func ExampleError() {
	err := fmt.Errorf("create a group: %w", lts.ErrCreateGroupFailed.CausedBy(fs.ErrPermission))

	if published, ok := errors.AsType[*lts.Error](err); ok {
		fmt.Println("to the caller:", published.Status, published.Code, published.Message)
	}
	fmt.Println("to the log:", err)
	fmt.Println(errors.Is(err, lts.ErrCreateGroupFailed), errors.Is(err, fs.ErrPermission))
	// Output:
	// to the caller: 500 LTS.0102 Failed to create log group
	// to the log: create a group: LTS.0102: Failed to create log group: permission denied
	// true true
}

func ExampleTokens() {
	hash, err := lts.HashPassword("correct horse")
	if err != nil {
		log.Fatal(err)
	}
	directory, err := lts.NewDirectory(lts.DirectorySpec{
		Domains:  []lts.Domain{{ID: "d1", Name: "example"}},
		Users:    []lts.User{{ID: "u1", Name: "alice", DomainID: "d1", PasswordHash: hash}},
		Projects: []lts.Project{{ID: "0123456789abcdef0123456789abcdef", Name: "shop", DomainID: "d1"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	noon := func() time.Time { return time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC) }
	tokens, err := lts.NewTokens(directory, []byte("a secret key of 32 bytes or more"), noon)
	if err != nil {
		log.Fatal(err)
	}

	token, _, err := tokens.Issue(lts.Credentials{
		UserName:     "alice",
		Domain:       lts.Reference{Name: "example"},
		Password:     "correct horse",
		ProjectScope: &lts.Reference{Name: "shop"},
	})
	if err != nil {
		log.Fatal(err)
	}
	grant, err := tokens.Verify(token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(grant.User.Name, "may use", grant.Project.Name, "until", grant.ExpiresAt)
	// Output: alice may use shop until 2024-02-29 12:00:00 +0000 UTC
}

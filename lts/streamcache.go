package lts

import (
	"context"
	"sync"
)

// A streamCache remembers streams that have been found, because every report
// and every query asks for one. It forgets those of a project with every change
// of the project. A nil cache remembers nothing.
type streamCache struct {
	mu       sync.RWMutex
	projects map[string]projectStreams
}

// A projectStreams is what is known of a project since its last change.
type projectStreams struct {
	changes int // so far
	streams map[streamKey]knownStream
}

// A knownStream is what reports and queries have to know of a stream.
type knownStream struct {
	Stream // with the lifetime that holds for it

	transferID  string // of the transfer that reads it
	window      TransferWindow
	transferred bool
}

type streamKey struct{ projectID, groupID, id string }

// maxStreams is how many streams of a project a streamCache remembers.
const maxStreams = 10_000

// find also gives the number of changes so far, which keep wants to know.
func (c *streamCache) find(key streamKey) (stream knownStream, changes int, known bool) {
	if c == nil {
		return knownStream{}, 0, false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	project := c.projects[key.projectID]
	stream, known = project.streams[key]
	return stream, project.changes, known
}

// keep remembers a stream, unless its project has been changed since find: the
// stream may have been read before the change.
func (c *streamCache) keep(key streamKey, stream knownStream, changes int) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	project := c.projects[key.projectID]
	if project.changes != changes {
		return
	}
	if project.streams == nil || len(project.streams) >= maxStreams {
		c.begin(key.projectID, changes)
	}
	c.projects[key.projectID].streams[key] = stream
}

// forget notes that a project has been changed.
func (c *streamCache) forget(projectID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begin(projectID, c.projects[projectID].changes+1)
}

func (c *streamCache) begin(projectID string, changes int) {
	if c.projects == nil {
		c.projects = make(map[string]projectStreams)
	}
	c.projects[projectID] = projectStreams{changes: changes, streams: make(map[streamKey]knownStream)}
}

// A tellingCatalog tells a cache of every change.
type tellingCatalog struct {
	Catalog

	streams *streamCache
}

// Update implements [Catalog]. When it fails the change may have been kept all
// the same.
func (c tellingCatalog) Update(ctx context.Context, projectID string, fn func(CatalogTx) error) error {
	defer c.streams.forget(projectID)
	return c.Catalog.Update(ctx, projectID, fn)
}

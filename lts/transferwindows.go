package lts

import (
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
)

// A TransferWindow is the part of a stream that becomes one object. The windows
// of a stream follow one another without a gap. The last one is open: it has no
// end yet.
//
// A record may be older than what the stream has, and so fall into a window that
// is closed and may be in the bucket. It is transferred all the same, once, with
// the window that is open when it is written. This is how:
//
//   - A report with a record that is older than the beginning of the open window
//     is written with a label that names this window ([windowLabel]). Label and
//     records are one append: one cannot be there without the other.
//   - A window consists of the records between its ends that have no such label,
//     and of those, of any time, whose label names it.
//
// So what belongs to a window is fixed from the moment at which it is closed, and
// reading it again after a failure gives the same records. What is written while
// a window is being closed belongs to one side or the other: closing waits for
// the reports that have begun, and holds up those that have not ([windowGates]).
//
// What this does not do: records with a time in the future are transferred when
// that time has come. Records that outlive their lifetime before they are
// transferred (in a transfer that is switched off, or fails for days) are not.
// Gates are those of a process: several processes that write to the same streams
// would need one in common.
type TransferWindow struct {
	Number int64 // counts the windows of the stream in this transfer, from 1
	From   int64 // line number of its beginning, included
	To     int64 // line number of its end, excluded; 0 while it is open

	// The object that a closed window becomes. It is decided when the window is
	// closed and kept until the object is there, so that an attempt that is
	// repeated cannot write a second one when the transfer has been changed
	// meanwhile.
	Key    string
	Format TransferFormat
}

// next is the window behind a closed one.
func (w TransferWindow) next() TransferWindow {
	return TransferWindow{Number: w.Number + 1, From: w.To}
}

// open is the window that new records belong to: w or, when that is closed, the
// one behind it.
func (w TransferWindow) open() TransferWindow {
	if w.To == 0 {
		return w
	}
	return w.next()
}

// windowLabel is the name of a label that records carry when they came too late
// for the window of their time. Its value is [windowName]. Nobody sees it:
// reports and queries with it are refused, and answers leave it out.
const windowLabel = "__lts_transfer_window__"

// windowName tells the window of a transfer from all others of the stream, those
// of earlier transfers included.
func windowName(transferID string, number int64) string {
	return fmt.Sprintf("%s/%d", transferID, number)
}

// refuseWindowLabel fails with [ErrInvalidBody] for labels of a caller that
// would interfere.
func refuseWindowLabel(labels map[string]string) error {
	if _, ok := labels[windowLabel]; !ok {
		return nil
	}
	return ErrInvalidBody.WithDetails(Detail{Field: "/labels/" + windowLabel, Rule: "the name is reserved"})
}

// withoutWindowLabel gives labels as their caller knows them.
func withoutWindowLabel(labels map[string]string) map[string]string {
	if _, ok := labels[windowLabel]; !ok {
		return labels
	}
	labels = maps.Clone(labels)
	delete(labels, windowLabel)
	return labels
}

// labelsFor finds a stream, and gives the labels to write records with. The
// caller holds the gate of the stream until the records are written.
func (s *Service) labelsFor(ctx context.Context, projectID, groupID, streamID string, labels map[string]string, records []NewRecord) (map[string]string, error) {
	stream, err := s.knownStream(ctx, streamKey{projectID, groupID, streamID})
	if err != nil || !stream.transferred {
		return labels, err
	}
	window := stream.window.open()
	if !slices.ContainsFunc(records, func(r NewRecord) bool { return r.TimeNS < window.From }) {
		return labels, nil
	}
	marked := map[string]string{windowLabel: windowName(stream.transferID, window.Number)}
	maps.Copy(marked, labels)
	return marked, nil
}

// windowGates keep windows from being closed between the moment at which a
// report learns which one is open and that at which its records are written.
// Those who write share the gate of their stream, and may share it with other
// streams.
type windowGates struct {
	seed  maphash.Seed
	gates [64]sync.RWMutex
}

func newWindowGates() *windowGates { return &windowGates{seed: maphash.MakeSeed()} }

func (g *windowGates) of(streamID string) *sync.RWMutex {
	return &g.gates[maphash.String(g.seed, streamID)%uint64(len(g.gates))]
}

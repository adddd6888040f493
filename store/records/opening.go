package records

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// An opening is an engine that is being opened. On a disk that fails in the
// midst of it, Pebble tries again until the disk works: then the opening is
// pending, and nothing waits for it.
type opening struct {
	engine *engine
	done   chan struct{}
	err    error // valid when done is closed
}

func startOpening(dir string, opts Options, lock *pebble.Lock, undo [][]byte) *opening {
	o := &opening{engine: newEngine(opts), done: make(chan struct{})}
	go func() {
		defer close(o.done)
		o.err = o.engine.open(dir, lock, undo)
	}()
	return o
}

// result waits for the end of the opening, or for the fault that makes it
// pending. An engine that is not to be used has been closed.
func (o *opening) result() (e *engine, pending bool, err error) {
	select {
	case <-o.done:
	case <-o.engine.fault.tripped:
		if !o.isDone() {
			return nil, true, o.engine.fault.err()
		}
	}
	if fault := o.engine.fault.err(); fault != nil && o.err == nil {
		o.err = errors.Join(fault, o.engine.close())
	}
	return o.engine, false, o.err
}

func (o *opening) isDone() bool {
	select {
	case <-o.done:
		return true
	default:
		return false
	}
}

// abandon closes what comes of the opening.
func (o *opening) abandon() error {
	<-o.done
	if o.err != nil {
		return nil
	}
	return o.engine.close()
}

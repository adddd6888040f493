package embedded

import (
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"
)

// An InUseError is the answer of [Open] for a data folder that another process,
// or another server of this one, has open.
type InUseError struct{ Folder string }

// Error names the folder and says what to do.
func (e *InUseError) Error() string {
	return fmt.Sprintf("the data folder %s is in use by another server: stop that one, or choose another folder", e.Folder)
}

// lockFolder takes a data folder for this process. The operating system ends
// the lock with the process, however that ends: a file that a killed one has
// left does no harm.
func lockFolder(folder string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(folder, "LOCK"), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("embedded: lock the data folder: %w", err)
	}
	if !taken {
		if absolute, err := filepath.Abs(folder); err == nil {
			folder = absolute
		}
		return nil, &InUseError{Folder: folder}
	}
	return lock, nil
}

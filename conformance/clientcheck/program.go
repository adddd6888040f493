package clientcheck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Program drives a client that is a program of its own. It learns of the
// session from the environment (see [Session.Environ]), and its exit status says
// whether a call has failed.
func Program(name string, arguments ...string) Driver {
	return func(ctx context.Context, session Session) error {
		var output bytes.Buffer
		run := exec.CommandContext(ctx, name, arguments...)
		run.Env = slices.Concat(withoutCredentials(os.Environ()), session.Environ())
		run.Stdout, run.Stderr = &output, &output
		run.WaitDelay = time.Second // for what its children hold open
		err := run.Run()
		if _, exited := errors.AsType[*exec.ExitError](err); exited {
			return fmt.Errorf("%w: %s", err, lastLines(output.String()))
		}
		return err
	}
}

// withoutCredentials leaves out variables by which a client could call another
// service than that of the session.
func withoutCredentials(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(variable string) bool {
		for _, prefix := range []string{"LTS_", "HUAWEICLOUD_SDK_", "HW_", "OS_"} {
			if strings.HasPrefix(variable, prefix) {
				return true
			}
		}
		return false
	})
}

// lastLines gives the end of what a program has printed.
func lastLines(output string) string {
	const most = 500
	output = strings.TrimSpace(output)
	if len(output) > most {
		return "..." + output[len(output)-most:]
	}
	return output
}

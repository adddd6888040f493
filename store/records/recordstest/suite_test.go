package recordstest_test

import (
	"testing"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/store/records/recordstest"
)

func TestMemory(t *testing.T) {
	recordstest.Run(t, func(*testing.T) lts.Records { return &recordstest.Memory{} })
}

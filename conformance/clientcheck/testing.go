package clientcheck

import "testing"

// Test drives a client through every case, inside its tests: each case is a
// subtest, which fails, or is skipped with the reason. [TestWith] runs other
// cases.
func Test(t *testing.T, drive Driver) {
	t.Helper()
	TestWith(t, drive, Options{})
}

// TestWith is [Test] with options.
func TestWith(t *testing.T, drive Driver, options Options) {
	t.Helper()
	report, err := Run(t.Context(), drive, options)
	if err != nil {
		t.Fatal(err)
	}
	report.Tell(t)
}

package conformance

// A Waiver says that cases are known to fail, why, and until when.
type Waiver struct {
	ID      string `yaml:"id"`
	Scope   string `yaml:"scope"` // pattern of names of cases
	Reason  string `yaml:"reason"`
	Owner   string `yaml:"owner"`
	Since   string `yaml:"since"`   // date
	Expires string `yaml:"expires"` // date
}

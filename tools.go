//go:build tools

// Package tools pins the tools that generate code. It is the only place that
// does: go.mod takes the version from this import.
package tools

import (
	// The generator of gen/: `make generate` runs it.
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
)

// Command contradictions prints openapi/CONTRADICTIONS.md.
package main

import (
	"fmt"
	"os"

	"github.com/ltskit/ltskit/openapi"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "contradictions:", err)
		os.Exit(1)
	}
}

func run() error {
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(openapi.ContradictionsMarkdown(doc))
	return err
}

package openapi

import (
	"fmt"
	"io/fs"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// applyOverlay applies the actions of an overlay file to root, one by one, so
// that an error names the line of its action. An action that matches nothing
// or changes nothing is an error: it says something about a place that is no
// longer there, or no longer different.
func applyOverlay(fsys fs.FS, file string, root *yaml.Node) error {
	node, err := readYAML(fsys, file)
	if err != nil {
		return err
	}
	var whole overlay.Overlay
	if err := node.Decode(&whole); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := whole.Validate(); err != nil {
		return fmt.Errorf("%s:1: %w", file, err)
	}
	lines := actionLines(node)
	for i, action := range whole.Actions {
		one := whole
		one.Actions = []overlay.Action{action}
		warnings, err := one.ApplyToStrict(root)
		if err == nil && len(warnings) > 0 {
			err = fmt.Errorf("%s", warnings[0])
		}
		if err != nil {
			return fmt.Errorf("%s:%d: action %d, target %s: %w", file, lines[i], i+1, action.Target, err)
		}
	}
	return nil
}

// actionLines gives the line of each action of a parsed overlay.
func actionLines(overlay *yaml.Node) []int {
	var lines []int
	for _, action := range value(overlay.Content[0], "actions").Content {
		lines = append(lines, action.Line)
	}
	return lines
}

// value gives the value of a key of a mapping node, or nil.
func value(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

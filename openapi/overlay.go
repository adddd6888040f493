package openapi

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

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
	if len(whole.Actions) == 0 {
		return fmt.Errorf("%s:1: an overlay must have actions", file)
	}
	header := whole
	header.Actions = []overlay.Action{{Target: "$", Remove: true}} // the real ones are checked where they stand
	if err := header.Validate(); err != nil {
		return fmt.Errorf("%s:1: %w", file, err)
	}
	lines := actionLines(node)
	for i, action := range whole.Actions {
		if err := checkAction(value(node.Content[0], "actions").Content[i]); err != nil {
			return fmt.Errorf("%s:%d: action %d, target %s: %w", file, lines[i], i+1, action.Target, err)
		}
		one := whole
		one.Actions = []overlay.Action{action}
		if err := one.Validate(); err != nil {
			return fmt.Errorf("%s:%d: action %d, target %s: %w", file, lines[i], i+1, action.Target, err)
		}
		if err := retype(one, action, root); err != nil {
			return fmt.Errorf("%s:%d: action %d, target %s: %w", file, lines[i], i+1, action.Target, err)
		}
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

// actionKeys are the members of an action (Overlay 1.0), besides extensions.
var actionKeys = []string{"target", "description", "update", "remove"}

// checkAction refuses what the library would pass over or report without a
// place: members that no action has, and an action that does nothing.
func checkAction(action *yaml.Node) error {
	for i := 0; i+1 < len(action.Content); i += 2 {
		if key := action.Content[i].Value; !slices.Contains(actionKeys, key) && !strings.HasPrefix(key, "x-") {
			return fmt.Errorf("unknown member %q: an action has %s", key, strings.Join(actionKeys, ", "))
		}
	}
	if value(action, "update") == nil && value(action, "remove") == nil {
		return errors.New("an action needs update or remove")
	}
	return nil
}

// retype gives the scalars that an update replaces the type of the new value.
// The library takes over the text alone: 7 in place of "7" would stay a string.
func retype(one overlay.Overlay, action overlay.Action, root *yaml.Node) error {
	if action.Remove || action.Update.IsZero() {
		return nil
	}
	path, err := one.NewPath(action.Target, nil)
	if err != nil {
		return err
	}
	for _, target := range path.Query(root) {
		if target.Kind != action.Update.Kind {
			return fmt.Errorf("an update of a %s must be one too", kindName(target))
		}
		retypeNode(target, &action.Update)
	}
	return nil
}

func kindName(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "mapping"
	case yaml.SequenceNode:
		return "sequence"
	default:
		return "scalar"
	}
}

func retypeNode(target, update *yaml.Node) {
	switch {
	case target.Kind == yaml.ScalarNode && update.Kind == yaml.ScalarNode && target.ShortTag() != update.ShortTag():
		// An empty text cannot be equal to the new one, so that a change of the
		// type alone counts as a change.
		target.Tag, target.Style, target.Value = update.Tag, update.Style, ""
	case target.Kind == yaml.MappingNode && update.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(update.Content); i += 2 {
			if old := value(target, update.Content[i].Value); old != nil {
				retypeNode(old, update.Content[i+1])
			}
		}
	}
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

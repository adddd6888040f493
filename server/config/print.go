package config

import (
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/lts"
)

// hidden stands in place of a secret.
const hidden = "(hidden)"

// Print writes the configuration as a YAML file, with the origin of each value
// as a comment and without secrets.
func (c *Config) Print(w io.Writer) error {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range c.settings {
		c.print(root, strings.Split(s.key, "."), s)
	}
	if c.Directory == nil {
		root.FootComment = "# no directory: the public development credentials hold"
	} else {
		key := scalar(directoryKey, "")
		key.HeadComment = "# " + c.directoryAt.String()
		root.Content = append(root.Content, key, directoryNode(*c.Directory))
	}
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return encoder.Close()
}

// print puts a setting into the section of its key, which comes after the one
// before it in the list.
func (c *Config) print(section *yaml.Node, path []string, s *setting) {
	if len(path) > 1 {
		last := len(section.Content) - 1
		if last < 0 || section.Content[last-1].Value != path[0] {
			section.Content = append(section.Content, scalar(path[0], ""), &yaml.Node{Kind: yaml.MappingNode})
			last += 2
		}
		c.print(section.Content[last], path[1:], s)
		return
	}
	value := scalar(s.flag.Value.String(), s.origin.String())
	if s.flag.Value.Type() == "string" {
		value.Tag = "!!str" // quoted where it would be read as something else
	}
	section.Content = append(section.Content, scalar(path[0], ""), value)
}

func scalar(text, comment string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if comment != "" {
		node.LineComment = "# " + comment
	}
	return node
}

// directoryNode is a directory in the form of the file.
func directoryNode(spec lts.DirectorySpec) *yaml.Node {
	domains := &yaml.Node{Kind: yaml.SequenceNode}
	for _, domain := range spec.Domains {
		projects, users := &yaml.Node{Kind: yaml.SequenceNode}, &yaml.Node{Kind: yaml.SequenceNode}
		for _, project := range spec.Projects {
			if project.DomainID == domain.ID {
				projects.Content = append(projects.Content, mapping("name", project.Name, "id", project.ID))
			}
		}
		for _, user := range spec.Users {
			if user.DomainID == domain.ID {
				users.Content = append(users.Content, userNode(user, spec.Keys))
			}
		}
		node := mapping("name", domain.Name, "id", domain.ID)
		node.Content = append(node.Content, scalar("projects", ""), projects, scalar("users", ""), users)
		domains.Content = append(domains.Content, node)
	}
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("domains", ""), domains}}
}

func userNode(user lts.User, all []lts.AccessKey) *yaml.Node {
	node := mapping("name", user.Name, "id", user.ID)
	if len(user.PasswordHash) > 0 {
		node.Content = append(node.Content, mapping("password_hash", hidden).Content...)
	}
	if user.Suspended {
		node.Content = append(node.Content, scalar("suspended", ""), scalar("true", ""))
	}
	keys := &yaml.Node{Kind: yaml.SequenceNode}
	for _, key := range all {
		if key.UserID == user.ID {
			keys.Content = append(keys.Content, mapping("id", key.ID, "secret", hidden, "project", key.ProjectID))
		}
	}
	if len(keys.Content) > 0 {
		node.Content = append(node.Content, scalar("access_keys", ""), keys)
	}
	return node
}

// mapping is a mapping of texts.
func mapping(keysAndValues ...string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(keysAndValues); i += 2 {
		value := scalar(keysAndValues[i+1], "")
		value.Tag = "!!str"
		node.Content = append(node.Content, scalar(keysAndValues[i], ""), value)
	}
	return node
}

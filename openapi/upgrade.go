package openapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	speakeasy "github.com/speakeasy-api/openapi/openapi"
	"gopkg.in/yaml.v3"
)

// version31 is the version of what [Bundle31] returns.
const version31 = "3.1.1"

// Bundle31 is [Bundle] in OpenAPI 3.1, for tools that expect JSON Schema. What
// 3.0 has words of its own for (nullable, the example of a schema) is said in
// those of JSON Schema; nothing else differs. The result is validated.
func Bundle31(edition, language, format string) ([]byte, error) {
	if err := checkFormat(format); err != nil {
		return nil, err
	}
	data, err := Bundle(edition, language, "yaml")
	if err != nil {
		return nil, err
	}
	root, err := upgrade(context.Background(), data)
	if err == nil {
		data, err = encodeYAML(root)
	}
	if err == nil {
		_, err = parse(context.Background(), data)
	}
	if err != nil {
		return nil, fmt.Errorf("edition %s, language %s, OpenAPI %s: %w", edition, language, version31, err)
	}
	return encode(root, format)
}

// upgrade turns a document of OpenAPI 3.0 into one of 3.1.
func upgrade(ctx context.Context, data []byte) (*yaml.Node, error) {
	doc, err := parse(ctx, data)
	if err != nil {
		return nil, err
	}
	if _, err := speakeasy.Upgrade(ctx, doc, speakeasy.WithUpgradeTargetVersion(version31)); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := speakeasy.Marshal(ctx, doc, &out); err != nil {
		return nil, err
	}
	var before, after yaml.Node
	if err := errors.Join(yaml.Unmarshal(data, &before), yaml.Unmarshal(out.Bytes(), &after)); err != nil {
		return nil, err
	}
	// The library already moves x-displayName of tags to summary, which is 3.2.
	*value(after.Content[0], "tags") = *value(before.Content[0], "tags")
	writeOutIntegers(&after)
	return &after, nil
}

// parse reads and validates a document of any version.
func parse(ctx context.Context, data []byte) (*speakeasy.OpenAPI, error) {
	doc, problems, err := speakeasy.Unmarshal(ctx, bytes.NewReader(data))
	return doc, errors.Join(append(problems, err)...)
}

// writeOutIntegers gives numbers that the library has written as 1.577808e+12
// the digits of the curated document.
func writeOutIntegers(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!float" {
		if f, err := strconv.ParseFloat(node.Value, 64); err == nil && f == float64(int64(f)) {
			node.Tag, node.Value = "!!int", strconv.FormatInt(int64(f), 10)
		}
	}
	for _, child := range node.Content {
		writeOutIntegers(child)
	}
}

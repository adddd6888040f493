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

// version31 is the version of what [Upgrade] returns.
const version31 = "3.1.1"

// Upgrade turns a document of OpenAPI 3.0 in YAML, such as [Bundle] gives, into
// one of 3.1, for tools that expect JSON Schema. What 3.0 has words of its own
// for (nullable, the example of a schema) is said in those of JSON Schema;
// nothing else differs. The result is validated.
func Upgrade(data []byte) ([]byte, error) {
	upgraded, err := upgrade(context.Background(), data)
	if err != nil {
		return nil, fmt.Errorf("OpenAPI %s: %w", version31, err)
	}
	return upgraded, nil
}

func upgrade(ctx context.Context, data []byte) ([]byte, error) {
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
	if tags := value(after.Content[0], "tags"); tags != nil {
		*tags = *value(before.Content[0], "tags")
	}
	writeOutIntegers(&after)
	upgraded, err := encodeYAML(&after)
	if err != nil {
		return nil, err
	}
	_, err = parse(ctx, upgraded)
	return upgraded, err
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

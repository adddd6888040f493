package openapi_test

import (
	"fmt"
	"log"

	"github.com/ltskit/ltskit/openapi"
)

func ExampleLoad() {
	doc, err := openapi.Load("2024-03", "en")
	if err != nil {
		log.Fatal(err)
	}
	for _, operation := range openapi.Operations(doc) {
		if operation.Documented() {
			fmt.Println(operation.Method, operation.Path)
		}
	}
	// Output:
	// POST /v3/auth/tokens
	// GET /v2/{project_id}/groups
	// POST /v2/{project_id}/groups
	// DELETE /v2/{project_id}/groups/{log_group_id}
	// GET /v2/{project_id}/groups/{log_group_id}/streams
	// POST /v2/{project_id}/groups/{log_group_id}/streams
	// DELETE /v2/{project_id}/groups/{log_group_id}/streams/{log_stream_id}
	// POST /v2/{project_id}/log-dump/obs
}

func ExampleErrors() {
	doc, err := openapi.Load("2024-03", "en") // a validated kin-openapi document
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range openapi.Errors(doc)[:3] {
		fmt.Println(row.Status, row.Code, row.Message)
	}
	// Output:
	// 400 LTS.0007 The request body format must be json
	// 400 LTS.0009 Failed to validate the request body
	// 400 LTS.0010 The system encountered an internal error
}

func ExampleContradictions() {
	doc, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range openapi.Contradictions(doc) {
		if c.ID == "transfer-id-name" {
			for _, p := range c.Prints {
				fmt.Printf("%s prints %s\n", p.Source, p.Says)
			}
			fmt.Println("holds:", c.Holds)
		}
	}
	// Output:
	// 2022-08 table 5-59 prints log_dump_objects_id
	// 2024-03 table 5-50 prints log_dump_obe_id
	// 2025-11 table 4 prints log_dump_obs_id, as in the example of every edition
	// holds: log_dump_obs_id.
}

package conformance

import (
	"fmt"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// A contract is an edition of the document, as the cases read it.
type contract struct {
	edition    string
	doc        *openapi3.T
	operations []openapi.Operation
	byID       map[string]openapi.Operation
	errors     []openapi.ErrorRow
	features   []string // tags
	everywhere []string // headers of every answer
	histories  int      // of the model; 0 means the default

	contradictions map[string][]string // IDs, by operationId
}

// contracts are those that have been read, by edition: a process that runs the
// suite many times, as tests do, reads each of them once.
var contracts sync.Map // to func() (*contract, error)

// loadContract gives the contract of an edition. It is shared: read, do not
// change.
func loadContract(edition string) (*contract, error) {
	load, _ := contracts.LoadOrStore(edition, sync.OnceValues(func() (*contract, error) { return readContract(edition) }))
	return load.(func() (*contract, error))()
}

func readContract(edition string) (*contract, error) {
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		return nil, err
	}
	c := &contract{
		edition: edition, doc: doc, operations: openapi.Operations(doc), errors: openapi.Errors(doc),
		byID: make(map[string]openapi.Operation), contradictions: make(map[string][]string),
	}
	for _, operation := range c.operations {
		c.byID[operation.OperationID] = operation
	}
	for _, header := range openapi.Headers(doc) {
		if header.Everywhere {
			c.everywhere = append(c.everywhere, header.Name)
		}
	}
	for _, tag := range doc.Tags {
		c.features = append(c.features, tag.Name)
	}
	for _, contradiction := range openapi.Contradictions(doc) {
		c.contradictions[contradiction.Operation] = append(c.contradictions[contradiction.Operation], contradiction.ID)
	}
	return c, nil
}

// cases makes every case of the contract, in the order of reports. The names
// are unique.
func (c *contract) cases() ([]testCase, error) {
	p, err := loadPlan()
	if err != nil {
		return nil, err
	}
	constraints, err := loadConstraintPlan()
	if err != nil {
		return nil, err
	}
	causes, err := loadCauses()
	if err != nil {
		return nil, err
	}
	scenarios, err := c.scenarioCases()
	if err != nil {
		return nil, err
	}
	var cases []testCase
	for _, family := range [][]testCase{
		c.exampleCases(p),
		c.queryCases(),
		c.raceCases(),
		c.modelCases(),
		c.constraintCases(constraints),
		c.unchangedCases("constraints"),
		c.errorCases(constraints, causes),
		c.methodCases(),
		c.unchangedCases("errors"),
		c.valueCases(),
		c.authCases(),
		c.tokenCases(),
		c.signatureCases(),
		c.isolationCases(),
		scenarios,
		c.answerCases(),
	} {
		cases = append(cases, family...)
	}
	names := make(map[string]bool, len(cases))
	for i := range cases {
		one := &cases[i]
		if names[one.name] {
			return nil, fmt.Errorf("conformance: two cases have the name %s", one.name)
		}
		names[one.name] = true
		one.contradictions = c.contradictions[one.operation]
	}
	return cases, nil
}

// needsToken reports whether an operation asks who calls it.
func needsToken(operation openapi.Operation) bool {
	return operation.Security == nil || len(*operation.Security) > 0
}

// requestExample gives the body of the request example of a name; of any name
// when it is empty.
func requestExample(operation openapi.Operation, name string) (any, bool) {
	examples := operation.RequestExamples()
	i := slices.IndexFunc(examples, func(e openapi.Example) bool { return name == "" || e.Name == name })
	if i < 0 {
		return nil, false
	}
	return examples[i].Value, true
}

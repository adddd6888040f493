package client

import "context"

// A trait of an operation decides how it is called.
type trait uint8

const (
	repeatable trait = 1 << iota // twice does no more than once
	persistent                   // also after answers 500 and 408, which the service may outlive
	public                       // needs no credentials
)

// A call is one use of an operation.
type call struct {
	operation string // the operationId of the document
	traits    trait
	retry     *RetryPolicy // nil: that of the client
}

func (c call) has(t trait) bool { return c.traits&t != 0 }

type callKey struct{}

// as tells the requester, which the generated code calls, what is called.
func as(ctx context.Context, operation string, traits trait) context.Context {
	return call{operation: operation, traits: traits}.in(ctx)
}

func (c call) in(ctx context.Context) context.Context { return context.WithValue(ctx, callKey{}, c) }

func callIn(ctx context.Context) call {
	c, _ := ctx.Value(callKey{}).(call)
	return c
}

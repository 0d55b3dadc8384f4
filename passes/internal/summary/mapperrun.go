package summary

import (
	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// run sends what a chain has built, and decodes the answer into the argument for it.
func (c mapping) run() {
	op := c.Op
	one := c.fn.Name() == "One" || c.fn.Name() == "OneWithContext"
	in := c.resolve(c.value(c.args[0]))
	if one && c.gets(in) {
		op = "GetItem"
	}
	sent := Event{Kind: Request, Op: op, Args: []term.Ref{in}, Name: op}
	c.fates(c.at, &sent)
	e := c.event(c.at, sent)
	answer, failure := c.result(e, 0), c.result(e, 1)
	if one {
		item := c.a.Field(answer, dynamo.Item)
		if op == "Query" {
			item = c.a.Field(answer, dynamo.Items)
			c.decode(c.a.Field(item, term.Elem(0)))
		} else {
			c.decode(item)
		}
		c.give(c.at, []term.Ref{c.notFound(item, failure)})
		return
	}
	if field, ok := answers[op]; ok && c.Out != 0 {
		c.decode(c.a.Field(answer, field))
	}
	for _, t := range c.wanted[c.self().root] {
		c.store(c.place(t.out), c.a.Field(c.a.Field(c.a.Field(answer, dynamo.Responses), term.Elem(t.number)), dynamo.Item))
	}
	n := c.at.Common().Signature().Results().Len()
	results := make([]term.Ref, n)
	for k := range n {
		results[k] = c.failure(c.fn, k) // a page's key, how many were written
	}
	if c.Role == dynamo.MapCount {
		results[0] = c.a.Field(answer, dynamo.Count)
	}
	if n > 0 {
		results[n-1] = failure
	}
	c.give(c.at, results)
}

// answers are the fields of the outputs that hold what a mapper decodes.
var answers = map[string]string{
	"Query": dynamo.Items, "Scan": dynamo.Items, "BatchGetItem": dynamo.Responses, "TransactGetItems": dynamo.Responses,
	"PutItem": dynamo.Attributes, "UpdateItem": dynamo.Attributes, "DeleteItem": dynamo.Attributes,
}

func (c mapping) decode(v term.Ref) { c.store(c.place(c.args[c.Out]), v) }

// gets reports a query for one item that is sent as a GetItem: by its whole key, and with no index or filter.
func (c mapping) gets(in term.Ref) bool {
	given := func(name string) bool { return c.a.IsZero(c.a.Field(in, name)) == term.False }
	if given(dynamo.IndexName) || given(dynamo.Limit) || given(dynamo.MapperFilters) {
		return false
	}
	op, known := c.a.Text(c.a.Field(in, mapperRange))
	return !known || op == "" || op == "EQ"
}

// notFound is the error of a read of one item: ErrNotFound when there is none.
func (c mapping) notFound(item, failure term.Ref) term.Ref {
	zero := c.a.ZeroValue()
	failed, absent := c.a.Binary("==", failure, zero), c.a.Binary("==", item, zero)
	done := c.a.If(failed, term.CondTrue|term.CondMust)
	return c.a.Alt(
		c.a.If(failed, term.CondMust), failure,
		c.a.Both(done, c.a.If(absent, term.CondTrue|term.CondMust)), c.a.Leaf(term.Global, c.fn.Pkg().Path()+".ErrNotFound", 0, 1),
		c.a.Both(done, c.a.If(absent, term.CondMust)), zero,
	)
}

// next reads on with an iterator. It is not known which operation sends for one that comes from elsewhere.
func (c mapping) next() bool {
	in := c.resolve(c.value(c.args[0]))
	op, ok := c.a.Text(c.a.Field(in, mapperOp))
	if !ok || op == "" {
		return false
	}
	sent := Event{Kind: Request, Op: op, Args: []term.Ref{in}, Name: op}
	e := c.event(c.at, sent)
	item := c.a.Field(c.a.Field(c.result(e, 0), answers[op]), term.AnyElem)
	c.decode(item)
	c.give(c.at, []term.Ref{c.a.Unary("ok", item)})
	return true
}

// readsOn reports a call that only asks whether there is a next page or item.
func readsOn(c *ssa.CallCommon) bool {
	if calleeName(c) == "HasMorePages" {
		return true
	}
	if !c.IsInvoke() {
		return false
	}
	m, ok := dynamo.MapperOf(c.Method)
	return ok && m.Role == dynamo.MapNext
}

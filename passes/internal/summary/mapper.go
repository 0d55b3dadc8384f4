package summary

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// The parts of what an object mapper builds that only this file looks at.
const (
	mapperBatch = "(batch)" // the batch that a BatchWrite or BatchGet was made from
	mapperHash  = "(hash)"  // the name of the hash key
	mapperRange = "(range)" // the operator of a Query's range key
	mapperOp    = "(op)"    // the operation of an iterator
)

// A mapping is one call of a method of an object mapper. What a chain of such calls has built so far is kept where
// its first call has allocated it, in the form of the SDK's input; the call that sends it is a request with that
// input, like any other.
type mapping struct {
	*builder
	dynamo.Mapper
	at   ssa.CallInstruction
	fn   *types.Func
	args []ssa.Value
}

// mapped carries out a call of an object mapper; false for a function that is none, or says nothing here.
func (b *builder) mapped(i ssa.CallInstruction, fn *types.Func) bool {
	m, ok := dynamo.MapperOf(fn)
	if !ok {
		return false
	}
	c := mapping{builder: b, Mapper: m, at: i, fn: fn, args: b.arguments(i.Common())}
	switch m.Role {
	case dynamo.MapTable: // a table is its name
		b.give(i, []term.Ref{c.val(m.Name)})
	case dynamo.MapStart:
		c.start()
	case dynamo.MapRun, dynamo.MapCount:
		c.run()
	case dynamo.MapIter:
		b.store(c.self().child(mapperOp), b.a.String(m.Op))
		b.give(i, []term.Ref{b.value(c.args[0])})
	case dynamo.MapNext:
		return c.next()
	case dynamo.MapOther:
		b.giveFailure(i, fn)
	default:
		c.change()
		if m.Chain {
			b.give(i, []term.Ref{b.value(c.args[0])})
		}
	}
	return true
}

// self is where the chain is kept.
func (c mapping) self() address { return c.place(c.args[0]) }

// val is the present value of an argument: mappers encode what they are given at once.
func (c mapping) val(k int) term.Ref { return c.resolve(c.value(c.args[k])) }

// start begins an operation.
func (c mapping) start() {
	on := c.deref(c.value(c.args[0]))
	object := func(name string, v term.Ref) term.Ref { return c.a.Object(term.None, []string{name}, []term.Ref{v}) }
	switch c.Op {
	case "": // a batch: a table and the names of its keys
		c.give(c.at, []term.Ref{c.a.With(object(dynamo.TableName, on), dynamo.MapperValues, c.val(c.Values))})
		return
	case "BatchGetItem", "BatchWriteItem":
		c.begin(object(mapperBatch, on))
		if c.Values != 0 {
			c.addToBatch(c.made())
		}
		return
	case "TransactGetItems", "TransactWriteItems":
		c.begin(object(dynamo.TransactItems, c.a.Object(term.None, nil, nil)))
		return
	}
	c.begin(object(dynamo.TableName, on))
	switch {
	case c.Op == "PutItem":
		c.store(c.made().child(dynamo.Item), c.val(c.Value))
	case c.Name != 0:
		c.store(c.made().child(mapperHash), c.val(c.Name))
		c.key(c.made(), c.val(c.Value))
		if c.Op == "Query" {
			c.push(c.made().child(dynamo.MapperKeys), c.expression(c.a.String("$ = ?"), c.list(c.val(c.Name), c.val(c.Value))))
		}
	}
}

func (c mapping) begin(content term.Ref) {
	c.give(c.at, []term.Ref{c.allocate(c.at, content)})
}

// made is the place of what the call itself has made.
func (c mapping) made() address {
	return address{root: c.a.Leaf(term.Alloc, "", c.siteOf(c.at), 0)}
}

// key sets one attribute of an operation's key.
func (c mapping) key(of address, v term.Ref) {
	c.store(of.child(dynamo.Key).child(c.keyName(c.args[c.Name])), v)
}

// change adds to an operation.
func (c mapping) change() {
	self := c.self()
	switch c.Role {
	case dynamo.MapKey:
		c.rangeKey(self)
	case dynamo.MapCondition:
		c.push(self.child(dynamo.MapperConditions), c.condition(self))
	case dynamo.MapFilter:
		c.push(self.child(dynamo.MapperFilters), c.expression(c.val(c.Text), c.val(c.Values)))
	case dynamo.MapUpdate:
		c.push(self.child(dynamo.MapperClauses), c.clause())
	case dynamo.MapAdd:
		if c.Op != "" {
			c.addAction(self)
		} else {
			c.addToBatch(self)
		}
	case dynamo.MapOption:
		if field, ok := optionFields[c.Part]; ok && len(c.args) > 1 {
			c.store(self.child(field), c.val(1))
		}
	}
}

// optionFields are the fields of the SDK's inputs that options of a mapper set.
var optionFields = map[dynamo.Role]string{
	dynamo.RoleIndex: dynamo.IndexName, dynamo.RoleLimit: dynamo.Limit, dynamo.RoleToken: dynamo.ClientRequestToken,
}

// ranges are the expressions that the operators of a range key stand for.
var ranges = map[string]string{
	"EQ": "$ = ?", "LT": "$ < ?", "LE": "$ <= ?", "GT": "$ > ?", "GE": "$ >= ?",
	"BEGINS_WITH": "begins_with($, ?)", "BETWEEN": "$ BETWEEN ? AND ?",
}

// rangeKey adds the range key. That of a Query with another operator than = only says which items are asked for.
func (c mapping) rangeKey(self address) {
	if c.Cmp == 0 {
		c.key(self, c.val(c.Value))
		return
	}
	op := c.val(c.Cmp)
	name, _ := c.a.Text(op)
	text, ok := c.a.String(ranges[name]), ranges[name] != ""
	if !ok {
		text = op
	}
	values := c.val(c.Values)
	args := []term.Ref{c.val(c.Name)}
	for k := 0; ; k++ {
		v, ok := c.a.Part(values, term.Elem(k))
		if !ok {
			break
		}
		args = append(args, v)
	}
	c.store(self.child(mapperRange), op)
	c.push(self.child(dynamo.MapperKeys), c.expression(text, c.list(args...)))
	if name == "EQ" && len(args) > 1 {
		c.key(self, args[1])
	}
}

// condition is one condition of a write, in the mapper's language.
func (c mapping) condition(self address) term.Ref {
	if c.Text == 0 {
		return c.expression(c.a.String(c.Op+"($)"), c.list(c.load(self.child(mapperHash))))
	}
	return c.expression(c.val(c.Text), c.val(c.Values))
}

// expression is a text with what its marks stand for.
func (c mapping) expression(text, values term.Ref) term.Ref {
	return c.a.Object(term.None, []string{dynamo.MapperText, dynamo.MapperValues}, []term.Ref{text, values})
}

// clause is one clause of an update.
func (c mapping) clause() term.Ref {
	names, parts := []string{dynamo.MapperVerb}, []term.Ref{c.a.String(c.Op)}
	for name, k := range map[string]int{
		dynamo.MapperText: c.Text, dynamo.MapperValues: c.Values, dynamo.MapperName: c.Name, dynamo.MapperValue: c.Value,
	} {
		if k != 0 {
			names, parts = append(names, name), append(parts, c.val(k))
		}
	}
	return c.a.Object(term.None, names, parts)
}

func (c mapping) list(elems ...term.Ref) term.Ref {
	var names []string
	for k := range elems {
		names = append(names, term.Elem(k))
	}
	return c.a.Object(term.None, names, elems)
}

// push adds an element to the list at a place.
func (b *builder) push(at address, elem term.Ref) {
	list := b.load(at)
	if n, known := b.fixedLength(list); known && n < 40 {
		b.store(at, b.a.With(list, term.Elem(n), elem))
		return
	}
	if old, ok := b.a.Part(list, term.AnyElem); ok {
		elem = b.a.Alt(term.None, old, term.None, elem)
	}
	b.store(at, b.a.With(list, term.AnyElem, elem))
}

// addAction adds an operation to a transaction. It is kept as a pointer: the transaction sends it as it is then.
func (c mapping) addAction(self address) {
	list := self.child(dynamo.TransactItems)
	if n, known := c.fixedLength(c.load(list)); known && c.Out != 0 {
		c.wanted[self.root] = append(c.wanted[self.root], target{c.args[c.Out], n})
	}
	c.push(list, c.a.Object(term.None, []string{c.Op}, []term.Ref{c.value(c.args[c.Value])}))
}

// A target is where a transaction's read puts the item with a number.
type target struct {
	out    ssa.Value
	number int
}

// addToBatch adds items or keys to a batch; they are grouped by table, as the SDK has it.
func (c mapping) addToBatch(self address) {
	requests := self.child(dynamo.RequestItems)
	if c.Part == dynamo.RoleRequests {
		for _, from := range c.each(c.val(c.Values)) {
			c.store(requests, c.a.Alt(term.None, c.load(requests), term.None, c.a.Field(from, dynamo.RequestItems)))
		}
		return
	}
	table, keys := c.a.Field(c.load(self.child(mapperBatch)), dynamo.TableName), c.each(c.a.Field(c.load(self.child(mapperBatch)), dynamo.MapperValues))
	if c.Table != 0 {
		table, keys = c.val(c.Table), nil
		for k := c.Table + 1; k < c.Values; k++ {
			keys = append(keys, c.val(k))
		}
	}
	name, ok := c.a.Text(table)
	if !ok || name == "" {
		name = term.AnyElem
	}
	for _, v := range c.each(c.val(c.Values)) {
		c.push(requests.child(name), c.batched(table, keys, v))
	}
}

// batched is one request of a batch, with the table that it is for.
func (c mapping) batched(table term.Ref, keys []term.Ref, v term.Ref) term.Ref {
	what, field := dynamo.PutRequest, dynamo.Item
	if c.Part == dynamo.RoleKey {
		what, field = dynamo.DeleteRequest, dynamo.Key
		key := c.a.Object(term.None, nil, nil)
		for k, name := range keys {
			text, ok := c.a.Text(name)
			if !ok {
				text = term.AnyElem
			}
			key = c.a.With(key, text, c.a.Field(v, term.Elem(k)))
		}
		v = key
	}
	request := c.a.Object(term.None, []string{field}, []term.Ref{v})
	return c.a.Object(term.None, []string{what, dynamo.TableName}, []term.Ref{request, table})
}

// each lists the elements of a list, or the one that stands for all when they are not known.
func (c mapping) each(list term.Ref) []term.Ref {
	n, known := c.fixedLength(list)
	if !known {
		return []term.Ref{c.a.Field(list, term.AnyElem)}
	}
	var out []term.Ref
	for k := range n {
		out = append(out, c.a.Field(list, term.Elem(k)))
	}
	return out
}

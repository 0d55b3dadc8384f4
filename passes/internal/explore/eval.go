package explore

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// steps makes a path uniform: an item is a map value whose first step is the
// attribute's name.
func steps(p expr.Path) []expr.Step {
	return append([]expr.Step{{Name: p.Name}}, p.Rest...)
}

// at finds what a path names in an item.
func (it item) at(p expr.Path) (value, bool) {
	v := value{kind: "M", m: it}
	for _, s := range steps(p) {
		var ok bool
		switch {
		case s.IsIndex:
			if ok = v.kind == "L" && s.Index < len(v.list); ok {
				v = v.list[s.Index]
			}
		case v.kind == "M":
			v, ok = v.m[s.Name]
		}
		if !ok {
			return value{}, false
		}
	}
	return v, true
}

// evaluator evaluates expressions on one item; a missing item is an empty one.
type evaluator struct {
	item   item
	values item // by ":v"
}

// holds evaluates a condition. It cannot fail: checkCondition has refused
// what DynamoDB refuses.
func (e evaluator) holds(c *expr.Condition) bool {
	switch c.Op {
	case expr.And:
		return !slices.ContainsFunc(c.Subs, func(s *expr.Condition) bool { return !e.holds(s) })
	case expr.Or:
		return slices.ContainsFunc(c.Subs, e.holds)
	case expr.Not:
		return !e.holds(c.Subs[0])
	}
	return e.atom(c)
}

func (e evaluator) atom(c *expr.Condition) bool {
	first, ok := e.operand(c.Operands[0])
	switch c.Op {
	case expr.Exists:
		return ok
	case expr.NotExists:
		return !ok
	case expr.Ne: // also holds where an attribute is missing
		second, ok2 := e.operand(c.Operands[1])
		return !(ok && ok2 && first.equal(second))
	}
	if !ok {
		return false
	}
	if c.Op == expr.In {
		return slices.ContainsFunc(c.Operands[1:], func(o expr.Operand) bool {
			v, ok := e.operand(o)
			return ok && first.equal(v)
		})
	}
	second, ok := e.operand(c.Operands[1])
	if !ok {
		return false
	}
	switch c.Op {
	case expr.Eq:
		return first.equal(second)
	case expr.TypeIs:
		return first.kind == second.text
	case expr.BeginsWith:
		return beginsWith(first, second)
	case expr.ContainsVal:
		return contains(first, second)
	case expr.Between:
		third, ok := e.operand(c.Operands[2])
		return ok && ordered(expr.Ge, first, second) && ordered(expr.Le, first, third)
	}
	return ordered(c.Op, first, second)
}

func ordered(op expr.Op, v, w value) bool {
	order, ok := v.compare(w)
	switch op {
	case expr.Lt:
		return ok && order < 0
	case expr.Le:
		return ok && order <= 0
	case expr.Gt:
		return ok && order > 0
	case expr.Ge:
		return ok && order >= 0
	}
	return false
}

func beginsWith(v, prefix value) bool {
	if v.kind != prefix.kind {
		return false
	}
	if v.kind == "B" {
		return strings.HasPrefix(string(decodeBinary(v.text)), string(decodeBinary(prefix.text)))
	}
	return v.kind == "S" && strings.HasPrefix(v.text, prefix.text)
}

func contains(v, part value) bool {
	switch {
	case v.kind == "S" && part.kind == "S":
		return strings.Contains(v.text, part.text)
	case v.kind == "B" && part.kind == "B":
		return strings.Contains(string(decodeBinary(v.text)), string(decodeBinary(part.text)))
	case v.kind == "L":
		return slices.ContainsFunc(v.list, part.equal)
	case len(v.set) > 0:
		return v.kind == part.kind+"S" && slices.Contains(v.set, part.text)
	}
	return false
}

func (e evaluator) operand(o expr.Operand) (value, bool) {
	switch o.Kind {
	case expr.Attr:
		return e.item.at(o.Path)
	case expr.Value:
		v, ok := e.values[o.Value]
		return v, ok
	case expr.Size:
		v, ok := e.operand(o.Args[0])
		if !ok {
			return value{}, false
		}
		return size(v)
	}
	return value{}, false
}

func size(v value) (value, bool) {
	n := 0
	switch v.kind {
	case "S":
		n = len(v.text)
	case "B":
		n = len(decodeBinary(v.text))
	case "SS", "NS", "BS":
		n = len(v.set)
	case "L":
		n = len(v.list)
	case "M":
		n = len(v.m)
	default:
		return value{}, false
	}
	return value{kind: "N", text: strconv.Itoa(n)}, true
}

// checkCondition refuses, before any item is looked at, the operands that
// DynamoDB refuses.
func checkCondition(c *expr.Condition, values item) error {
	for _, s := range c.Subs {
		if err := checkCondition(s, values); err != nil {
			return err
		}
	}
	if err := checkDistinct(c); err != nil {
		return err
	}
	switch c.Op {
	case expr.Lt, expr.Le, expr.Gt, expr.Ge, expr.Between:
		for _, o := range c.Operands {
			if err := checkKind(c.Op, o, values, "S", "N", "B"); err != nil {
				return err
			}
		}
		if c.Op == expr.Between {
			return checkBounds(c.Operands[1], c.Operands[2], values)
		}
	case expr.BeginsWith:
		for _, o := range c.Operands {
			if err := checkKind(c.Op, o, values, "S", "B"); err != nil {
				return err
			}
		}
	case expr.TypeIs:
		return checkTypeName(c.Operands[1], values)
	}
	return nil
}

func checkDistinct(c *expr.Condition) error {
	if len(c.Operands) < 2 || c.Operands[0].Kind == expr.Value {
		return nil
	}
	for _, o := range c.Operands[1:] {
		if o.String() == c.Operands[0].String() {
			return validationError("the first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", c.Op, o)
		}
	}
	return nil
}

func checkKind(op expr.Op, o expr.Operand, values item, allowed ...string) error {
	if v, ok := values[o.Value]; o.Kind == expr.Value && ok && !slices.Contains(allowed, v.kind) {
		return validationError("incorrect operand type for operator or function; operator or function: %s, operand type: %s", op, v.kind)
	}
	return nil
}

func checkBounds(low, high expr.Operand, values item) error {
	l, okL := values[low.Value]
	h, okH := values[high.Value]
	if low.Kind != expr.Value || high.Kind != expr.Value || !okL || !okH {
		return nil
	}
	if order, ok := l.compare(h); !ok || order > 0 {
		return validationError("the BETWEEN operator requires upper bound to be greater than or equal to lower bound, of the same type")
	}
	return nil
}

func checkTypeName(o expr.Operand, values item) error {
	v := values[o.Value]
	if o.Kind != expr.Value || v.kind != "S" ||
		!slices.Contains([]string{"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}, v.text) {
		return validationError("invalid attribute type name found; type: %s", v.text)
	}
	return nil
}

// project gives the named paths of an item, nested as they are in it; chosen
// list elements move together.
func project(it item, paths []expr.Path) item {
	rest := make([][]expr.Step, len(paths))
	for i, p := range paths {
		rest[i] = steps(p)
	}
	v, _ := pick(value{kind: "M", m: it}, rest)
	if v.m == nil {
		return item{}
	}
	return v.m
}

// pick keeps of v what the paths name; ok is false if they name nothing.
func pick(v value, paths [][]expr.Step) (picked value, ok bool) {
	below := map[expr.Step][][]expr.Step{}
	for _, p := range paths {
		if len(p) == 0 {
			return v, true
		}
		below[p[0]] = append(below[p[0]], p[1:])
	}
	picked = value{kind: v.kind}
	switch v.kind {
	case "M":
		picked.m = item{}
		for name, child := range v.m {
			if c, found := pick(child, below[expr.Step{Name: name}]); found {
				picked.m[name] = c
			}
		}
	case "L":
		for i, child := range v.list {
			if c, found := pick(child, below[expr.Step{Index: i, IsIndex: true}]); found {
				picked.list = append(picked.list, c)
			}
		}
	}
	return picked, len(picked.m)+len(picked.list) > 0
}

package explore

import (
	"maps"
	"math/big"
	"slices"
	"sort"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// checkUpdate refuses, before any item is looked at, the updates that
// DynamoDB refuses: overlapping paths, wrong operand types.
func checkUpdate(actions []expr.Action, values item) error {
	for i, a := range actions {
		for _, b := range actions[:i] {
			if overlap(a.Path, b.Path) {
				return validationError("two document paths overlap with each other; path one: %s, path two: %s", b.Path, a.Path)
			}
		}
		if err := checkActionValue(a, values); err != nil {
			return err
		}
	}
	return nil
}

// overlap reports whether one path contains the other, or treats as a list
// what the other treats as a map.
func overlap(p, q expr.Path) bool {
	a, b := steps(p), steps(q)
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return a[i].IsIndex != b[i].IsIndex
		}
	}
	return true
}

func checkActionValue(a expr.Action, values item) error {
	switch a.Verb {
	case expr.Add:
		return checkKind("ADD", a.Value, values, "N", "SS", "NS", "BS")
	case expr.Delete:
		return checkKind("DELETE", a.Value, values, "SS", "NS", "BS")
	}
	return checkSetOperand(a.Value, values)
}

func checkSetOperand(o expr.Operand, values item) error {
	for _, arg := range o.Args {
		if err := checkSetOperand(arg, values); err != nil {
			return err
		}
		var err error
		switch o.Kind {
		case expr.Plus, expr.Minus:
			err = checkKind("+ or -", arg, values, "N")
		case expr.ListAppend:
			err = checkKind("list_append", arg, values, "L")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// applyUpdate gives the item after the actions. Every right side sees the item
// as it was before; the old item is not changed.
func applyUpdate(old item, actions []expr.Action, values item) (item, error) {
	e := evaluator{item: old, values: values}
	root := value{kind: "M", m: old.clone()}
	for _, a := range inOrder(actions) {
		var err error
		switch a.Verb {
		case expr.Set:
			var v value
			if v, err = e.result(a.Value); err == nil {
				root, err = setAt(root, steps(a.Path), v.clone())
			}
		case expr.Remove:
			root, err = removeAt(root, steps(a.Path))
		case expr.Add:
			root, err = e.add(root, a)
		case expr.Delete:
			root, err = e.deleteFrom(root, a)
		}
		if err != nil {
			return nil, err
		}
	}
	return root.m, nil
}

// inOrder puts assignments to a list by rising index, as elements past its end
// are appended, and removals last and by falling index, as they shift what
// follows.
func inOrder(actions []expr.Action) []expr.Action {
	out := slices.Clone(actions)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if (a.Verb == expr.Remove) != (b.Verb == expr.Remove) {
			return b.Verb == expr.Remove
		}
		if a.Verb == expr.Remove {
			return pathLess(b.Path, a.Path)
		}
		return pathLess(a.Path, b.Path)
	})
	return out
}

// pathLess orders by name and by index.
func pathLess(p, q expr.Path) bool {
	a, b := steps(p), steps(q)
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i].Name != b[i].Name {
			return a[i].Name < b[i].Name
		}
		if a[i].Index != b[i].Index {
			return a[i].Index < b[i].Index
		}
	}
	return len(a) < len(b)
}

// result evaluates the right side of a SET.
func (e evaluator) result(o expr.Operand) (value, error) {
	switch o.Kind {
	case expr.IfNotExists:
		if v, ok := e.item.at(o.Path); ok {
			return v, nil
		}
		return e.result(o.Args[0])
	case expr.Plus, expr.Minus, expr.ListAppend:
		left, err := e.result(o.Args[0])
		if err != nil {
			return value{}, err
		}
		right, err := e.result(o.Args[1])
		if err != nil {
			return value{}, err
		}
		return combine(o.Kind, left, right)
	}
	v, ok := e.operand(o)
	if !ok {
		return value{}, validationError("the provided expression refers to an attribute that does not exist in the item")
	}
	return v, nil
}

func combine(kind expr.OperandKind, left, right value) (value, error) {
	if kind == expr.ListAppend && left.kind == "L" && right.kind == "L" {
		return value{kind: "L", list: slices.Concat(left.list, right.list)}, nil
	}
	if kind == expr.ListAppend || left.kind != "N" || right.kind != "N" {
		return value{}, validationError("an operand in the update expression has an incorrect data type")
	}
	n := number(right.text)
	if kind == expr.Minus {
		n.Neg(n)
	}
	text, err := formatNumber(new(big.Rat).Add(number(left.text), n))
	return value{kind: "N", text: text}, err
}

func (e evaluator) add(root value, a expr.Action) (value, error) {
	v := e.values[a.Value.Value]
	old, ok := e.item.at(a.Path)
	switch {
	case !ok:
	case old.kind != v.kind:
		return root, validationError("an operand in the update expression has an incorrect data type")
	case v.kind == "N":
		var err error
		if v, err = combine(expr.Plus, old, v); err != nil {
			return root, err
		}
	default:
		all := slices.Concat(old.set, v.set)
		slices.Sort(all)
		v.set = slices.Compact(all)
	}
	return setAt(root, steps(a.Path), v)
}

func (e evaluator) deleteFrom(root value, a expr.Action) (value, error) {
	v := e.values[a.Value.Value]
	old, ok := e.item.at(a.Path)
	if !ok {
		return removeAt(root, steps(a.Path)) // changes nothing, but the path must be valid
	}
	if old.kind != v.kind {
		return root, validationError("an operand in the update expression has an incorrect data type")
	}
	rest := slices.DeleteFunc(slices.Clone(old.set), func(s string) bool { return slices.Contains(v.set, s) })
	if len(rest) == 0 {
		return removeAt(root, steps(a.Path))
	}
	return setAt(root, steps(a.Path), value{kind: v.kind, set: rest})
}

func invalidPath() error {
	return validationError("the document path provided in the update expression is invalid for update")
}

// setAt puts v at a path: the containers must be there, the last step need
// not; a list index past the end appends.
func setAt(into value, path []expr.Step, v value) (value, error) {
	if len(path) == 0 {
		return v, nil
	}
	s, last := path[0], len(path) == 1
	switch {
	case s.IsIndex && into.kind == "L" && s.Index < len(into.list):
		child, err := setAt(into.list[s.Index], path[1:], v)
		into.list = slices.Clone(into.list)
		into.list[s.Index] = child
		return into, err
	case s.IsIndex && into.kind == "L" && last:
		into.list = append(slices.Clone(into.list), v)
		return into, nil
	case !s.IsIndex && into.kind == "M":
		old, ok := into.m[s.Name]
		if !ok && !last {
			return into, invalidPath()
		}
		child, err := setAt(old, path[1:], v)
		into.m = withAttribute(into.m, s.Name, child)
		return into, err
	}
	return into, invalidPath()
}

func withAttribute(m item, name string, v value) item {
	out := maps.Clone(m)
	if out == nil {
		out = item{}
	}
	out[name] = v
	return out
}

// removeAt takes away what a path names, if it is there; its containers must
// be.
func removeAt(from value, path []expr.Step) (value, error) {
	s, last := path[0], len(path) == 1
	switch {
	case s.IsIndex && from.kind == "L":
		if s.Index >= len(from.list) {
			if last {
				return from, nil
			}
			return from, invalidPath()
		}
		list := slices.Clone(from.list)
		if last {
			from.list = slices.Delete(list, s.Index, s.Index+1)
			return from, nil
		}
		child, err := removeAt(list[s.Index], path[1:])
		list[s.Index] = child
		from.list = list
		return from, err
	case !s.IsIndex && from.kind == "M":
		old, ok := from.m[s.Name]
		if !ok && !last {
			return from, invalidPath()
		}
		m := maps.Clone(from.m)
		from.m = m
		if last {
			delete(m, s.Name)
			return from, nil
		}
		child, err := removeAt(old, path[1:])
		m[s.Name] = child
		return from, err
	}
	return from, invalidPath()
}

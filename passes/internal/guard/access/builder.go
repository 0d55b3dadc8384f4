package access

import (
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// builtValue starts the placeholder of a value that a builder carries; the reference of its term follows.
const builtValue = ":term"

// builder returns what a term means to package expression, if it is a call of it.
func (r Reader) builder(t term.Ref) (dynamo.Builder, term.Node, bool) {
	n := r.Arena.Node(t)
	if n.Op != term.Call {
		return dynamo.Builder{}, n, false
	}
	b, ok := dynamo.BuilderNamed(n.Text)
	return b, n, ok
}

// part finds what was given to a Builder for one part of the expression. given is false when it certainly
// was given none; ok is false when t is no builder's expression.
func (r Reader) part(t term.Ref, want dynamo.Role) (parts []term.Ref, given, ok bool) {
	b, n, isBuilder := r.builder(t)
	if !isBuilder {
		if n.Op == term.Alt {
			return r.partOfAny(n, want)
		}
		return nil, true, false
	}
	switch b.Role {
	case dynamo.BuilderGet, dynamo.BuilderBuild:
		return r.part(n.Args[0], want)
	case dynamo.BuilderNew:
		return nil, false, true
	case dynamo.BuilderWith:
		if b.Part == want && len(n.Args) > 1 {
			return []term.Ref{n.Args[1]}, true, true
		}
		return r.part(n.Args[0], want)
	}
	return nil, true, false
}

func (r Reader) partOfAny(n term.Node, want dynamo.Role) (parts []term.Ref, given, ok bool) {
	for i := 1; i < len(n.Args); i += 2 {
		if r.Arena.Op(n.Args[i]) == term.Zero {
			ok = true
			continue
		}
		p, g, o := r.part(n.Args[i], want)
		if !o {
			return nil, true, false
		}
		parts, given, ok = append(parts, p...), given || g, true
	}
	return parts, given, ok
}

// unbuilt reports a part of an Expression that no Builder made: expression.Expression{} holds none.
func (r Reader) unbuilt(t term.Ref) bool {
	b, n, ok := r.builder(t)
	return ok && b.Role == dynamo.BuilderGet && len(n.Args) > 0 && r.Arena.Op(n.Args[0]) == term.Zero
}

// builtCondition reads a condition that a Builder made. given is false for a Builder without one.
func (r Reader) builtCondition(t term.Ref) (c Condition, given, ok bool) {
	b, _, isBuilder := r.builder(t)
	if !isBuilder || b.Role != dynamo.BuilderGet {
		return c, false, false
	}
	want := b.Part
	if want != dynamo.RoleCondition && want != dynamo.RoleKeyCondition && want != dynamo.RoleFilter {
		return c, false, false
	}
	parts, given, known := r.part(t, want)
	if !known {
		return Condition{Given: true, Opaque: true, Waits: r.Waits(t)}, true, true
	}
	if !given {
		return c, false, true
	}
	for _, p := range parts {
		for _, alt := range r.Each(p) {
			cond := r.tree(alt)
			if cond == nil {
				c.merge(Condition{Given: true, Opaque: true, Waits: r.Waits(alt)})
				c.Waits = c.Waits || r.Waits(alt)
				continue
			}
			c.merge(newCondition(cond, r.values(term.None)))
		}
	}
	return c, true, true
}

// tree turns a ConditionBuilder or KeyConditionBuilder into the condition it stands for.
func (r Reader) tree(t term.Ref) *expr.Condition {
	b, n, ok := r.builder(t)
	if !ok {
		return nil
	}
	args := r.spread(b, n.Args)
	switch b.Role {
	case dynamo.BuildLogic, dynamo.BuildKeyLogic:
		c := &expr.Condition{Op: expr.Op(strings.ToLower(b.Op))}
		for _, x := range args {
			sub := r.tree(x)
			if sub == nil {
				return nil
			}
			c.Subs = append(c.Subs, sub)
		}
		return c
	case dynamo.BuildCondition, dynamo.BuildKeyCondition:
		c := &expr.Condition{Op: expr.Op(strings.ToLower(b.Op))}
		for _, x := range args {
			c.Operands = append(c.Operands, r.builtOperand(x))
		}
		return c
	}
	return nil
}

// spread replaces the slice of a variadic call by its elements.
func (r Reader) spread(b dynamo.Builder, args []term.Ref) []term.Ref {
	if !b.Variadic || len(args) == 0 {
		return args
	}
	last := args[len(args)-1]
	return append(append([]term.Ref(nil), args[:len(args)-1]...), r.Elements(last, 0)...)
}

// builtOperand turns an operand of a builder into one of an expression. What is no builder is a value.
func (r Reader) builtOperand(t term.Ref) expr.Operand {
	if n := r.Arena.Node(t); n.Op == term.Iface {
		return r.builtOperand(n.Args[0])
	}
	b, n, ok := r.builder(t)
	if ok {
		switch b.Role {
		case dynamo.BuildName, dynamo.BuildKey:
			return expr.Operand{Kind: expr.Attr, Path: r.path(n.Args[0])}
		case dynamo.BuildSize:
			return expr.Operand{Kind: expr.Size, Args: []expr.Operand{r.builtOperand(n.Args[0])}}
		case dynamo.BuildValue:
			return value(n.Args[0])
		case dynamo.BuildSetValue:
			return r.setOperand(b.Op, n.Args)
		}
	}
	return value(t)
}

// setOperand is what SET assigns; if_not_exists keeps its attribute apart from its default.
func (r Reader) setOperand(op string, args []term.Ref) expr.Operand {
	o := expr.Operand{Kind: setKinds[op]}
	for i, x := range args {
		arg := r.builtOperand(x)
		if o.Kind == expr.IfNotExists && i == 0 {
			o.Path = arg.Path
			continue
		}
		o.Args = append(o.Args, arg)
	}
	return o
}

var setKinds = map[string]expr.OperandKind{
	"+": expr.Plus, "-": expr.Minus, "if_not_exists": expr.IfNotExists, "list_append": expr.ListAppend,
}

func value(t term.Ref) expr.Operand {
	return expr.Operand{Kind: expr.Value, Value: builtValue + strconv.Itoa(int(t))}
}

func (r Reader) path(name term.Ref) expr.Path {
	s, ok := r.Arena.Text(name)
	if !ok {
		s = Hole + strconv.Itoa(int(name))
	}
	return expr.Path{Name: s}
}

// builtUpdate reads the assignments of an update that a Builder made.
func (r Reader) builtUpdate(t term.Ref) ([]Assignment, bool) {
	b, _, ok := r.builder(t)
	if !ok || b.Role != dynamo.BuilderGet || b.Part != dynamo.RoleUpdate {
		return nil, false
	}
	parts, _, known := r.part(t, dynamo.RoleUpdate)
	if !known {
		return nil, false
	}
	var out []Assignment
	seen := map[term.Ref]bool{}
	for _, p := range parts {
		out = append(out, r.clauses(p, seen)...)
	}
	return out, true
}

// clauses lists the clauses of an UpdateBuilder, the earlier ones first. Alternatives share their beginnings,
// which are listed once.
func (r Reader) clauses(t term.Ref, seen map[term.Ref]bool) []Assignment {
	if seen[t] {
		return nil
	}
	seen[t] = true
	b, n, ok := r.builder(t)
	if !ok {
		var out []Assignment
		if n.Op == term.Alt {
			for i := 1; i < len(n.Args); i += 2 {
				out = append(out, r.clauses(n.Args[i], seen)...)
			}
		}
		return out
	}
	var out []Assignment
	args := n.Args
	if b.Chain {
		out, args = r.clauses(args[0], seen), args[1:]
	}
	if b.Role != dynamo.BuildUpdate || len(args) == 0 {
		return out
	}
	act := expr.Action{Verb: expr.Verb(b.Op), Path: r.builtOperand(args[0]).Path}
	if len(args) > 1 {
		act.Value = r.builtOperand(args[1])
	}
	return append(out, r.assignment(act, r.values(term.None)))
}

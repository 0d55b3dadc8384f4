package narrow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/sum"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// fromRequest reports a value that nothing of what was read is in.
func (n *narrowing) fromRequest(e ast.Expr, depth int) bool {
	ok := depth < 5
	ast.Inspect(e, func(x ast.Node) bool {
		id, isName := x.(*ast.Ident)
		if !isName || !ok {
			return ok
		}
		if _, isField := n.Info.Uses[id].(*types.Var); !isField || n.Info.Uses[id].(*types.Var).IsField() {
			return true
		}
		v := n.Variable(id)
		if v == nil {
			return true // of the package
		}
		if v == n.value || write.ComesFrom(n.Request.Site, v, n.line, 0) || sum.Addressed(n.Request.Site, v) {
			ok = false
			return false
		}
		for _, as := range n.Assignments(v) {
			ok = ok && n.fromRequest(as.Value, depth+1)
		}
		return ok
	})
	return ok
}

// attributeOfField gives the attribute that a field of the struct is stored in: always, and alone.
func (n *narrowing) attributeOfField(sel *ast.SelectorExpr) string {
	st, i := write.FieldOf(n.Request.Site, sel)
	if st == nil {
		return ""
	}
	if n.maker == nil {
		if tag := dynamo.FieldName(st, i); tag.Transparent || strings.Contains(st.Tag(i), "omitempty") {
			return ""
		}
		return n.Dialect.StoredName(st, i)
	}
	return n.handMade(st.Field(i).Name())
}

// handMade gives the attribute that the program's own function makes of a field.
func (n *narrowing) handMade(name string) string {
	s, fn := n.Src.Declared(n.Callee(n.maker))
	attr, times := "", 0
	note := func(key, value ast.Expr, always bool) {
		k, known := s.Constant(key)
		if all := n.fieldsIn(s, value); known && slices.Contains(all, name) {
			attr = k
			if times++; !always || len(all) > 1 {
				times = 2
			}
		}
	}
	ast.Inspect(fn.Body, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.CompositeLit:
			if t := s.Info.TypeOf(x); t != nil && syntax.IsItem(t) {
				for _, e := range x.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						note(kv.Key, kv.Value, true)
					}
				}
			}
		case *ast.AssignStmt:
			for i, l := range x.Lhs {
				if idx, ok := ast.Unparen(l).(*ast.IndexExpr); ok && i < len(x.Rhs) {
					note(idx.Index, x.Rhs[i], slices.Contains(fn.Body.List, ast.Stmt(x)))
				}
			}
		}
		return true
	})
	if times != 1 {
		return ""
	}
	return attr
}

// fieldsIn lists the fields of the struct that an expression is made of.
func (n *narrowing) fieldsIn(s *syntax.Site, e ast.Expr) (out []string) {
	owner, ok := write.EntityOf(n.Src, n.value.Type())
	ast.Inspect(e, func(x ast.Node) bool {
		sel, is := x.(*ast.SelectorExpr)
		if ok && is && owner.Is(s.Info.TypeOf(sel.X)) && !slices.Contains(out, sel.Sel.Name) {
			out = append(out, sel.Sel.Name)
		}
		return true
	})
	return out
}

// hasKey reports that the item which is put has the key's attributes under their names.
func (n *narrowing) hasKey() bool {
	known := append(n.known(), n.keyed...)
	for _, k := range n.key {
		if n.raw == nil && !slices.Contains(known, k) {
			return false
		}
	}
	return true
}

// present reports that the put is made only where the read has found something: the program looks, or the item's key comes
// from what was read.
func (n *narrowing) present() bool {
	read, ok := n.Src.At(finding.Pos{File: n.f.Reads[0].File, Line: n.f.Reads[0].Line, Col: n.f.Reads[0].Col})
	if !ok {
		return false
	}
	found := false
	ast.Inspect(read.Outermost(), func(x ast.Node) bool {
		st, ok := x.(*ast.IfStmt)
		if !ok || found || !syntax.Ends(st.Body) || read.Outermost() != n.Outermost() && !givesNothing(read, st.Body) {
			return !found
		}
		cond, ok := ast.Unparen(st.Cond).(*ast.BinaryExpr)
		found = ok && cond.Op == token.EQL && (write.Itself(cond.X) && syntax.Named(cond.Y, "nil") || lengthOf(cond.X) && read.Text(cond.Y) == "0")
		return !found
	})
	return found || n.keyFromRead()
}

// givesNothing reports a block that ends with an error, or with nothing but nil.
func givesNothing(s *syntax.Site, b *ast.BlockStmt) bool {
	ret, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	if last := ret.Results[len(ret.Results)-1]; syntax.IsError(syntax.TypeOr(s.Info.TypeOf(last))) && !syntax.Named(last, "nil") {
		return true
	}
	return !slices.ContainsFunc(ret.Results, func(e ast.Expr) bool { return !syntax.Named(e, "nil") })
}

// lengthOf reports len(out.Item).
func lengthOf(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && syntax.Named(call.Fun, "len") && len(call.Args) == 1 && write.Itself(call.Args[0])
}

// keyFromRead reports a struct whose key nothing fills but what was read: a put of nothing has no key, and is refused.
func (n *narrowing) keyFromRead() bool {
	if n.value == nil {
		return false
	}
	e, ok := write.EntityOf(n.Src, n.value.Type())
	if !ok {
		return false
	}
	name := ""
	for i := range e.Typ.NumFields() {
		if attr := n.Dialect.StoredName(e.Typ, i); n.maker == nil && attr == n.key[0] || n.maker != nil && n.handMade(e.Typ.Field(i).Name()) == n.key[0] {
			name = e.Typ.Field(i).Name()
		}
	}
	filled := name == ""
	for s := range n.Src.Sites() {
		ast.Inspect(s.File, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.CompositeLit:
				if e.Is(s.Info.TypeOf(x)) {
					kv := write.Field(x, name)
					filled = filled || kv != nil && write.AttributeFrom(s.Around(x), kv.Value, n.Dialect) == ""
					_, keyed := syntax.First(x).(*ast.KeyValueExpr)
					filled = filled || syntax.First(x) != nil && !keyed
				}
			case *ast.AssignStmt:
				for _, l := range x.Lhs {
					sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
					filled = filled || ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X))
				}
			}
			return !filled
		})
	}
	return !filled
}

// decisions turns what the put was decided by into a formula; ok is false where it looks at what was read in a way that
// cannot be said in a condition.
func (n *narrowing) decisions() (whole decision.Formula, limited, ok bool) {
	f := *n.f
	for _, attr := range n.known() {
		f.Needs = append(f.Needs, finding.Need{What: "attribute", Attr: attr})
	}
	meet, ok := n.Src.At(n.f.Pos)
	if !ok {
		return decision.Formula{}, false, false
	}
	c := &decision.Checks{R: n.Request, F: &f}
	ast.Inspect(n.Outermost(), func(x ast.Node) bool {
		st, is := x.(*ast.IfStmt)
		if !is || !ok || st.Pos() > n.Call.Pos() || !n.looksAt(st) {
			return ok
		}
		around := slices.Contains(n.Path, ast.Node(st))
		if !around && (!syntax.Ends(st.Body) || st.Else != nil) {
			ok = false
			return false
		}
		if cond, is := ast.Unparen(st.Cond).(*ast.BinaryExpr); is && st.Init == nil && (write.Itself(cond.X) || lengthOf(cond.X) || n.Variable(cond.X) == n.value && syntax.Named(cond.Y, "nil")) {
			return ok
		}
		_, v := c.Translate(c.Start(meet), st.Cond, syntax.Within(n.Call, []ast.Node{st.Body}))
		ok = ok && v == decision.Relevant
		return ok
	})
	if !ok {
		return decision.Formula{}, false, false
	}
	parts, ok := c.Parts(meet)
	if !ok {
		return decision.Formula{}, false, false
	}
	whole, limited = decision.Conjunction("AND", parts)
	return whole, limited, true
}

// known are the attributes that the struct's fields hold.
func (n *narrowing) known() (out []string) {
	if n.value == nil {
		return nil
	}
	if e, ok := write.EntityOf(n.Src, n.value.Type()); ok {
		for i := range e.Typ.NumFields() {
			attr := n.Dialect.StoredName(e.Typ, i)
			if n.maker != nil {
				attr = n.handMade(e.Typ.Field(i).Name())
			}
			if attr != "" {
				out = append(out, attr)
			}
			if b, isBasic := e.Typ.Field(i).Type().Underlying().(*types.Basic); isBasic && b.Info()&types.IsInteger != 0 && write.Counter.MatchString(attr) {
				n.version = attr
			}
		}
	}
	return out
}

// looksAt reports an if statement that looks at what was read.
func (n *narrowing) looksAt(st *ast.IfStmt) bool {
	made := map[*types.Var]bool{}
	n.Mentioned(st.Cond, made, 0)
	if st.Init != nil {
		n.Mentioned(st.Init, made, 0)
	}
	for v := range made {
		if !syntax.IsError(v.Type()) && (v == n.value || write.ComesFrom(n.Request.Site, v, n.line, 0)) {
			return true
		}
	}
	return false
}

// rewrite makes the put an update.
func (n *narrowing) rewrite(limits decision.Formula, limited bool) bool {
	g := &write.Guard{R: n.Request}
	if limited {
		if c := (&decision.Checks{R: n.Request, F: n.f}); !c.Encode(n.d, &limits) {
			return false
		}
		g.Text = limits.Text(g)
		if limits.Op == "OR" || limits.Op == "" && limits.Atom.Alternatives() {
			g.Text = "(" + g.Text + ")"
		}
		g.Text = " AND " + g.Text
	}
	g.Text = "attribute_exists(" + g.Name(n.key[0]) + ")" + g.Text
	sel := ast.Unparen(n.Call.Fun).(*ast.SelectorExpr)
	n.d.Replace(n.File, sel.Sel.Pos(), sel.Sel.Pos()+token.Pos(len("PutItem")), "UpdateItem")
	n.d.Swap(n.Site, n.Lit.Type.(*ast.SelectorExpr).Sel, "UpdateItemInput")
	if n.item == "" {
		n.item = n.Fresh("item", "attributes")
		st, _ := n.Statement()
		n.d.Insert(n.File, st.Pos(), n.item+" := "+n.Text(n.maker)+"\n")
	}
	q, ok := n.d.Use(n.Site, n.Dialect.Types, n.Dialect.Qualifier())
	if !ok {
		return false
	}
	star := ""
	if n.Dialect.V1 {
		star = "*"
	}
	var keys []string
	for _, k := range n.key {
		keys = append(keys, strconv.Quote(k)+": "+n.item+"["+strconv.Quote(k)+"]")
	}
	update, ok := n.expression(g)
	a, known := n.d.Use(n.Site, n.Dialect.Aws, "aws")
	if !ok || !known {
		return false
	}
	n.d.Swap(n.Site, write.Field(n.Lit, dynamo.Item), dynamo.Key+": map[string]"+star+q+".AttributeValue{"+strings.Join(keys, ", ")+"},\n"+
		dynamo.UpdateExpression+": "+a+".String("+strconv.Quote(update)+")")
	return g.Put(n.d)
}

// expression writes the update's expression.
func (n *narrowing) expression(g *write.Guard) (string, bool) {
	var sets, removes []string
	for _, attr := range n.set {
		sets = append(sets, g.Name(attr)+" = "+g.Value(attr, n.item+"["+strconv.Quote(attr)+"]"))
	}
	for _, attr := range n.removed {
		removes = append(removes, g.Name(attr))
	}
	text := "SET " + strings.Join(sets, ", ")
	if len(removes) > 0 {
		text += " REMOVE " + strings.Join(removes, ", ")
	}
	if n.version != "" {
		one, ok := write.Attribute(n.d, n.Request, "N", `"1"`)
		if !ok {
			return "", false
		}
		text += " ADD " + g.Name(n.version) + " " + g.Value("one", one)
	}
	return text, true
}

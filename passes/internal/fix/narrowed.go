package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
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
		v := n.variable(id)
		if v == nil {
			return true // of the package
		}
		if v == n.value || n.comesFrom(v, n.line, 0) || n.addressed(v) {
			ok = false
			return false
		}
		for _, as := range n.assignments(v) {
			ok = ok && n.fromRequest(as.value, depth+1)
		}
		return ok
	})
	return ok
}

// attributeOfField gives the attribute that a field of the struct is stored in: always, and alone.
func (n *narrowing) attributeOfField(sel *ast.SelectorExpr) string {
	st, i := n.fieldOf(sel)
	if st == nil {
		return ""
	}
	if n.maker == nil {
		if tag := dynamo.FieldName(st, i); tag.Transparent || strings.Contains(st.Tag(i), "omitempty") {
			return ""
		}
		return n.dialect.StoredName(st, i)
	}
	return n.handMade(st.Field(i).Name())
}

// handMade gives the attribute that the program's own function makes of a field.
func (n *narrowing) handMade(name string) string {
	s, fn := n.src.declared(n.callee(n.maker))
	attr, times := "", 0
	note := func(key, value ast.Expr, always bool) {
		k, known := s.constant(key)
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
			if t := s.Info.TypeOf(x); t != nil && isItem(t) {
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
func (n *narrowing) fieldsIn(s *site, e ast.Expr) (out []string) {
	owner, ok := n.src.entity(n.value.Type())
	ast.Inspect(e, func(x ast.Node) bool {
		sel, is := x.(*ast.SelectorExpr)
		if ok && is && owner.is(s.Info.TypeOf(sel.X)) && !slices.Contains(out, sel.Sel.Name) {
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
	read, ok := n.src.at(finding.Pos{File: n.f.Reads[0].File, Line: n.f.Reads[0].Line, Col: n.f.Reads[0].Col})
	if !ok {
		return false
	}
	found := false
	ast.Inspect(read.outermost(), func(x ast.Node) bool {
		st, ok := x.(*ast.IfStmt)
		if !ok || found || !ends(st.Body) || read.outermost() != n.outermost() && !read.givesNothing(st.Body) {
			return !found
		}
		cond, ok := ast.Unparen(st.Cond).(*ast.BinaryExpr)
		found = ok && cond.Op == token.EQL && (itself(cond.X) && named(cond.Y, "nil") || lengthOf(cond.X) && read.text(cond.Y) == "0")
		return !found
	})
	return found || n.keyFromRead()
}

// givesNothing reports a block that ends with an error, or with nothing but nil.
func (s *site) givesNothing(b *ast.BlockStmt) bool {
	ret, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	if last := ret.Results[len(ret.Results)-1]; isError(typeOr(s.Info.TypeOf(last))) && !named(last, "nil") {
		return true
	}
	return !slices.ContainsFunc(ret.Results, func(e ast.Expr) bool { return !named(e, "nil") })
}

// itself reports out.Item.
func itself(n ast.Node) bool {
	e, _ := n.(ast.Expr)
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == dynamo.Item
}

// lengthOf reports len(out.Item).
func lengthOf(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && named(call.Fun, "len") && len(call.Args) == 1 && itself(call.Args[0])
}

// keyFromRead reports a struct whose key nothing fills but what was read: a put of nothing has no key, and is refused.
func (n *narrowing) keyFromRead() bool {
	if n.value == nil {
		return false
	}
	e, ok := n.src.entity(n.value.Type())
	if !ok {
		return false
	}
	name := ""
	for i := range e.typ.NumFields() {
		if attr := n.dialect.StoredName(e.typ, i); n.maker == nil && attr == n.key[0] || n.maker != nil && n.handMade(e.typ.Field(i).Name()) == n.key[0] {
			name = e.typ.Field(i).Name()
		}
	}
	filled := name == ""
	for _, pkg := range n.src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: n.src, Package: pkg, file: f}
			ast.Inspect(f, func(x ast.Node) bool {
				switch x := x.(type) {
				case *ast.CompositeLit:
					if e.is(pkg.Info.TypeOf(x)) {
						kv := field(x, name)
						filled = filled || kv != nil && s.around(x).attributeFrom(kv.Value, n.dialect) == ""
						_, keyed := first(x).(*ast.KeyValueExpr)
						filled = filled || first(x) != nil && !keyed
					}
				case *ast.AssignStmt:
					for _, l := range x.Lhs {
						sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
						filled = filled || ok && sel.Sel.Name == name && e.is(pkg.Info.TypeOf(sel.X))
					}
				}
				return !filled
			})
		}
	}
	return !filled
}

func first(lit *ast.CompositeLit) ast.Expr {
	if len(lit.Elts) == 0 {
		return nil
	}
	return lit.Elts[0]
}

// decisions turns what the put was decided by into a formula; ok is false where it looks at what was read in a way that
// cannot be said in a condition.
func (n *narrowing) decisions() (whole formula, limited, ok bool) {
	f := *n.f
	for _, attr := range n.known() {
		f.Needs = append(f.Needs, finding.Need{What: "attribute", Attr: attr})
	}
	meet, ok := n.src.at(n.f.Pos)
	if !ok {
		return formula{}, false, false
	}
	c := &checks{r: n.request, f: &f}
	ast.Inspect(n.outermost(), func(x ast.Node) bool {
		st, is := x.(*ast.IfStmt)
		if !is || !ok || st.Pos() > n.call.Pos() || !n.looksAt(st) {
			return ok
		}
		around := slices.Contains(n.path, ast.Node(st))
		if !around && (!ends(st.Body) || st.Else != nil) {
			ok = false
			return false
		}
		if cond, is := ast.Unparen(st.Cond).(*ast.BinaryExpr); is && st.Init == nil && (itself(cond.X) || lengthOf(cond.X) || n.variable(cond.X) == n.value && named(cond.Y, "nil")) {
			return ok
		}
		_, v := c.translate(c.start(meet), st.Cond, within(n.call, []ast.Node{st.Body}))
		ok = ok && v == relevant
		return ok
	})
	if !ok {
		return formula{}, false, false
	}
	parts, ok := c.parts(meet)
	if !ok {
		return formula{}, false, false
	}
	whole, limited = conjunction("AND", parts)
	return whole, limited, true
}

// known are the attributes that the struct's fields hold.
func (n *narrowing) known() (out []string) {
	if n.value == nil {
		return nil
	}
	if e, ok := n.src.entity(n.value.Type()); ok {
		for i := range e.typ.NumFields() {
			attr := n.dialect.StoredName(e.typ, i)
			if n.maker != nil {
				attr = n.handMade(e.typ.Field(i).Name())
			}
			if attr != "" {
				out = append(out, attr)
			}
			if b, isBasic := e.typ.Field(i).Type().Underlying().(*types.Basic); isBasic && b.Info()&types.IsInteger != 0 && counter.MatchString(attr) {
				n.version = attr
			}
		}
	}
	return out
}

// counter matches attributes that count an item's writes.
var counter = regexp.MustCompile(`(?i)^_*(version|rev|revision|lock_?version|version_?(number|id)|row_?version|opt_?lock|e_?tag|edition|generation)$`)

// looksAt reports an if statement that looks at what was read.
func (n *narrowing) looksAt(st *ast.IfStmt) bool {
	made := map[*types.Var]bool{}
	n.mentioned(st.Cond, made, 0)
	if st.Init != nil {
		n.mentioned(st.Init, made, 0)
	}
	for v := range made {
		if !isError(v.Type()) && (v == n.value || n.comesFrom(v, n.line, 0)) {
			return true
		}
	}
	return false
}

// rewrite makes the put an update.
func (n *narrowing) rewrite(limits formula, limited bool) bool {
	g := &guard{r: n.request}
	if limited {
		if c := (&checks{r: n.request, f: n.f}); !c.encode(n.d, &limits) {
			return false
		}
		g.text = limits.text(g)
		if limits.op == "OR" || limits.op == "" && limits.atom.alternatives() {
			g.text = "(" + g.text + ")"
		}
		g.text = " AND " + g.text
	}
	g.text = "attribute_exists(" + g.name(n.key[0]) + ")" + g.text
	sel := ast.Unparen(n.call.Fun).(*ast.SelectorExpr)
	n.d.replace(n.file, sel.Sel.Pos(), sel.Sel.Pos()+token.Pos(len("PutItem")), "UpdateItem")
	n.d.swap(n.site, n.lit.Type.(*ast.SelectorExpr).Sel, "UpdateItemInput")
	if n.item == "" {
		n.item = n.fresh("item", "attributes")
		st, _ := n.statement()
		n.d.insert(n.file, st.Pos(), n.item+" := "+n.text(n.maker)+"\n")
	}
	q, ok := n.d.use(n.site, n.dialect.Types, n.dialect.Qualifier())
	if !ok {
		return false
	}
	star := ""
	if n.dialect.V1 {
		star = "*"
	}
	var keys []string
	for _, k := range n.key {
		keys = append(keys, strconv.Quote(k)+": "+n.item+"["+strconv.Quote(k)+"]")
	}
	update, ok := n.expression(g)
	a, known := n.d.use(n.site, n.dialect.Aws, "aws")
	if !ok || !known {
		return false
	}
	n.d.swap(n.site, field(n.lit, dynamo.Item), dynamo.Key+": map[string]"+star+q+".AttributeValue{"+strings.Join(keys, ", ")+"},\n"+
		dynamo.UpdateExpression+": "+a+".String("+strconv.Quote(update)+")")
	return g.put(n.d)
}

// expression writes the update's expression.
func (n *narrowing) expression(g *guard) (string, bool) {
	var sets, removes []string
	for _, attr := range n.set {
		sets = append(sets, g.name(attr)+" = "+g.value(attr, n.item+"["+strconv.Quote(attr)+"]"))
	}
	for _, attr := range n.removed {
		removes = append(removes, g.name(attr))
	}
	text := "SET " + strings.Join(sets, ", ")
	if len(removes) > 0 {
		text += " REMOVE " + strings.Join(removes, ", ")
	}
	if n.version != "" {
		one, ok := n.d.attribute(n.request, "N", `"1"`)
		if !ok {
			return "", false
		}
		text += " ADD " + g.name(n.version) + " " + g.value("one", one)
	}
	return text, true
}

//go:build mutants

package proof

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/ddbvet/ddbvet/passes"
	"github.com/ddbvet/ddbvet/passes/passestest"
)

// What a survivor's reason may be.
const (
	unasked    = "it reads nothing before: what nobody asks cannot be stale"
	unguarded  = "the batch that passes the guard by is reported only while there is a guard"
	beyond     = "the analysis does not see it, see passestest/beyond.go"
	oneOfTwo   = "whose lock it is counts as a state only where the program's other deletes ask for it"
	comingBack = "an update that makes an item anew which was deleted is not reported"
	nextNumber = "a key that counts on from another item's number is not reported"
	listed     = "what a search has demanded is a decision only where that is a constant"
	passesFor  = "what else the transaction compares passes for a guarded counter"
)

// survivors are mutants that break an invariant and of which nothing is reported, each with its reason.
var survivors = map[string]string{
	"checkthenact/answered PlaceSafe 1":         unasked,
	"checkthenact/asked AnswerSafe 1":           unasked,
	"checkthenact/asked ComeSafe 1":             unasked,
	"checkthenact/asked JoinSafe 1":             unasked,
	"checkthenact/asked StandSafe 1":            unasked,
	"checkthenact/burncode RedeemSafe 1":        unasked,
	"checkthenact/emptynull TakeSafe 1":         unasked,
	"checkthenact/gureguv1 AdmitSafe 1":         unasked,
	"checkthenact/idempotency put 1":            beyond,
	"checkthenact/inprogram put 1":              unasked,
	"checkthenact/inprogram set 1":              unasked,
	"checkthenact/inprogram set 2":              unasked,
	"checkthenact/lockrelease ReleaseSafe 1":    oneOfTwo,
	"checkthenact/migrated RunSafe 1":           unasked,
	"checkthenact/plaincondition ConfirmSafe 1": unasked,
	"checkthenact/plaincondition ConfirmSafe 2": unasked,
	"checkthenact/rentals ChristenSafe 1":       unasked,
	"checkthenact/rentals TakeSafe 1":           unasked,
	"checkthenact/rentals payment 1":            unasked,
	"checkthenact/seatmap enter 1":              unasked,
	"checkthenact/wallets PaySafe 1":            unasked,
	"guardbypass/members Claim 1":               unguarded,
	"guardbypass/members Leave 1":               unguarded,
	"lostupdate/arithmetic update 1":            unasked,
	"phantomread/beside HangSafe 2":             passesFor,
	"phantomread/pages AcceptSafe 1":            unasked,
	"phantomread/pages SignSafe 1":              unasked,
	"phantomread/pages Withdraw 1":              unasked,
	"phantomread/sum SpendSafe 1":               unasked,
	"readback/receipts ReserveSafe 1":           nextNumber,
	"silent/claimedjob update 1":                listed,
	"silent/found Retitle 1":                    comingBack,
	"silent/idemclaim begin 1":                  unasked,
	"silent/lease Release 1":                    unasked,
	"silent/readafter Sell 1":                   unasked,
	"unprocessed/keys EnsureSafe 1":             unasked,
	"weakguard/guregu TakeSafe 1":               unasked,
	"weakguard/txbuilder If 1":                  beyond,
	"writeskew/cartorder BuySafe 1":             beyond,
}

// A mutant is a fixture without one of its guards.
type mutant struct {
	fixture    string // its folder: checkthenact/claim
	function   string // in which the guard stands
	pos        token.Position
	start, end int // what is taken out of the file
}

// TestMutants takes one guard after the other out of the fixtures, one of each fixture in a run. Where the fixture
// breaks its invariant then, the tool must report something that it did not report before.
func TestMutants(t *testing.T) {
	tool := passestest.Tool(t, "../..")
	before, all := hazards(t, tool), mutants(t)
	n, broken, reported, seen := 0, 0, 0, map[string]bool{}
	for round := 0; ; round++ {
		chosen := map[string]mutant{}
		for fixture, of := range all {
			if round < len(of) {
				chosen[fixture] = of[round]
			}
		}
		if len(chosen) == 0 {
			break
		}
		overlay := overlayOf(t, chosen)
		after, breaks := hazards(t, tool, overlay), breaking(t, overlay)
		for fixture, m := range chosen {
			n++
			told := more(before[fixture], after[fixture])
			if !breaks[fixture] {
				if told {
					t.Logf("%s: reported without %s, though nothing that is tried breaks", m.pos, m.name(all[fixture][:round]))
				}
				continue
			}
			broken++
			name := m.name(all[fixture][:round])
			_, excused := survivors[name]
			seen[name] = true
			switch {
			case told && excused:
				t.Errorf("%s is reported now: take it off the list", name)
			case told:
				reported++
			case !excused:
				t.Errorf("%s: %s: the invariant breaks, and nothing is reported", m.pos, name)
			}
		}
	}
	for name := range survivors {
		if !seen[name] {
			t.Errorf("no mutant that breaks anything is %s", name)
		}
	}
	t.Logf("%d mutants, %d break the invariant of their fixture, %d of these are reported", n, broken, reported)
}

// name is the folder, the function, and which of the function's guards it is.
func (m mutant) name(before []mutant) string {
	nth := 1
	for _, o := range before {
		if o.function == m.function {
			nth++
		}
	}
	return fmt.Sprintf("%s %s %d", m.fixture, m.function, nth)
}

// fixtureOf is the folder of a fixture, to which all packages below it belong.
func fixtureOf(pkg string) string {
	_, rest, _ := strings.Cut(pkg, "/testdata/")
	parts := strings.SplitN(rest, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// hazards counts, by fixture, what the gate finds.
func hazards(t *testing.T, tool string, flags ...string) map[string]map[string]int {
	t.Helper()
	rep, err := passes.Compose(passestest.Handovers(t, tool, testdata, append(flags, "./...")...), passes.Config{Checks: passestest.Checks()})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]int{}
	for _, f := range rep.Findings {
		fixture := fixtureOf(f.Function.Package)
		if out[fixture] == nil {
			out[fixture] = map[string]int{}
		}
		out[fixture][fmt.Sprint(f.Check, f.Function.Name, f.Depends)]++
	}
	return out
}

// more tells whether something is reported that was not.
func more(before, after map[string]int) bool {
	for f, n := range after {
		if n > before[f] {
			return true
		}
	}
	return false
}

// brokenTwin is what TestProve says of a scenario that was not to break its invariant and does, in a schedule.
var brokenTwin = regexp.MustCompile(`prove_test.go:\d+: (\S+) \S+ to be broken: false; .*; schedule: `)

// breaking are the fixtures of which a corrected twin breaks its invariant.
func breaking(t *testing.T, overlay string) map[string]bool {
	t.Helper()
	out, err := exec.Command("go", "test", "-count=1", "-run", "^TestProve$", overlay, ".", "-spare").CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("--- FAIL: TestProve")) {
		t.Fatalf("%v\n%s", err, out)
	}
	broken := map[string]bool{}
	for _, m := range brokenTwin.FindAllSubmatch(out, -1) {
		broken[strings.Join(strings.SplitN(string(m[1]), "/", 3)[:2], "/")] = true
	}
	return broken
}

// overlayOf puts the mutants in the place of the fixtures.
func overlayOf(t *testing.T, chosen map[string]mutant) string {
	t.Helper()
	files := map[string][]byte{}
	for _, m := range chosen {
		files[m.pos.Filename] = m.text(t)
	}
	return "-overlay=" + passestest.Overlay(t, files)
}

// mutants lists the conditions of the fixtures that can be taken out so that the rest compiles.
func mutants(t *testing.T) map[string][]mutant {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
		Dir:  testdata, Fset: token.NewFileSet(),
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]mutant{}
	for _, p := range pkgs {
		c := &cutter{p: p, fixture: fixtureOf(p.PkgPath), assigned: targets(p.Syntax)}
		for _, file := range p.Syntax {
			for _, d := range file.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
					c.function = fn.Name.Name
					ast.Inspect(fn.Body, c.visit)
				}
			}
		}
		out[c.fixture] = append(out[c.fixture], c.found...)
	}
	for _, all := range out {
		slices.SortFunc(all, func(x, y mutant) int {
			return cmp.Or(strings.Compare(x.pos.Filename, y.pos.Filename), cmp.Compare(x.start, y.start))
		})
	}
	return out
}

// A cutter finds the guards of a function.
type cutter struct {
	p                 *packages.Package
	fixture, function string
	assigned          map[*ast.Ident]bool
	found             []mutant
}

func (c *cutter) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && isCondition(kv.Key) && !c.last(kv.Value) {
				c.cut(kv.Pos(), kv.End(), true)
			}
		}
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 && isCondition(n.Lhs[0]) && !c.last(n.Rhs[0]) {
			c.cut(n.Pos(), n.End(), false)
		}
	case *ast.CallExpr: // builder.WithCondition(…), put.If(…)
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "WithCondition" || f.Sel.Name == "If") && c.chained(n) && !c.lastOf(n.Args) {
			c.cut(f.X.End(), n.End(), false)
		}
	}
	return true
}

// cut takes out what stands between two places, with the comma behind it.
func (c *cutter) cut(from, to token.Pos, comma bool) {
	m := mutant{fixture: c.fixture, function: c.function, pos: c.p.Fset.Position(from), start: c.p.Fset.Position(from).Offset, end: c.p.Fset.Position(to).Offset}
	if comma {
		m.end = -m.end
	}
	c.found = append(c.found, m)
}

// text is the file without the guard.
func (m mutant) text(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(m.pos.Filename)
	if err != nil {
		t.Fatal(err)
	}
	end := max(m.end, -m.end)
	if m.end < 0 && text[end] == ',' {
		end++
	}
	return slices.Concat(text[:m.start], text[end:])
}

// isCondition recognises the field that holds a request's condition.
func isCondition(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "ConditionExpression"
	case *ast.SelectorExpr:
		return x.Sel.Name == "ConditionExpression"
	}
	return false
}

// chained reports a method that returns what it was called on.
func (c *cutter) chained(call *ast.CallExpr) bool {
	on := c.p.TypesInfo.TypeOf(call.Fun.(*ast.SelectorExpr).X)
	return on != nil && types.Identical(on, c.p.TypesInfo.TypeOf(call))
}

func (c *cutter) lastOf(xs []ast.Expr) bool { return slices.ContainsFunc(xs, c.last) }

// last reports an expression without which a variable or an import would be used nowhere.
func (c *cutter) last(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			obj := c.p.TypesInfo.Uses[id]
			switch obj := obj.(type) {
			case *types.PkgName:
				found = found || c.uses(obj, x) == 0
			case *types.Var:
				local := !obj.IsField() && obj.Parent() != c.p.Types.Scope() && obj.Parent() != nil
				found = found || local && c.uses(obj, x) == 0 && !c.parameter(obj)
			}
		}
		return true
	})
	return found
}

// uses counts the uses of an object outside an expression. That it is given a value is none.
func (c *cutter) uses(obj types.Object, x ast.Expr) int {
	n := 0
	for id, o := range c.p.TypesInfo.Uses {
		if o == obj && (id.Pos() < x.Pos() || id.Pos() >= x.End()) && !c.assigned[id] {
			n++
		}
	}
	return n
}

// targets collects the variables on the left of assignments.
func targets(files []*ast.File) map[*ast.Ident]bool {
	out := map[*ast.Ident]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
				for _, x := range a.Lhs {
					if id, ok := x.(*ast.Ident); ok {
						out[id] = true
					}
				}
			}
			return true
		})
	}
	return out
}

// parameter reports a variable that need not be used.
func (c *cutter) parameter(v *types.Var) bool {
	for id, o := range c.p.TypesInfo.Defs {
		if o == v {
			for _, f := range c.p.Syntax {
				if f.FileStart <= id.Pos() && id.Pos() < f.FileEnd {
					return inFields(f, id)
				}
			}
		}
	}
	return false
}

// inFields tells whether an identifier stands in a list of parameters or results.
func inFields(f *ast.File, id *ast.Ident) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if list, ok := n.(*ast.FieldList); ok && list.Pos() <= id.Pos() && id.Pos() < list.End() {
			found = true
		}
		return !found
	})
	return found
}

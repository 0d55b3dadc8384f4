package dynamo

import (
	"go/types"
	"strings"
)

// An EffectKind says what a function of somebody else's package does with the values it gets.
type EffectKind string

// Kinds of effects.
const (
	// Copy: the result is argument From, unchanged in meaning: converted, encoded, wrapped or unwrapped.
	Copy EffectKind = "copy"
	// Decode: argument From is decoded into what argument Into points to.
	Decode EffectKind = "decode"
	// Fresh: the result is new on every call: a random id, the time.
	Fresh EffectKind = "fresh"
	// Fill: what argument Into points to, or holds, is filled with data that is new on every call.
	Fill EffectKind = "fill"
	// Format: the result is text made by the format argument From of the arguments that follow it.
	Format EffectKind = "format"
	// Calls: the function that is argument From is called, and the results are its results.
	Calls EffectKind = "calls"
	// Inert: takes values and gives nothing that matters: logs, metrics, contexts, sleeping.
	Inert EffectKind = "inert"
)

// Receiver, as an index of Effect, is the receiver of an interface method: call.Value of a call in invoke mode, which is not
// among call.Args. The receiver of a static method call is argument 0.
const Receiver = -1

// An Effect is what a function does with values. From and Into are indexes into the arguments of the SSA call, the
// receiver of a static method call first.
type Effect struct {
	Kind       EffectKind
	From, Into int
}

// EffectOf returns the effect of a function or method of another package, if the tables know it. Functions that they do
// not know have results that depend on all their arguments.
func EffectOf(fn *types.Func) (Effect, bool) {
	if fn == nil {
		return Effect{}, false
	}
	fn = fn.Origin()
	if e, ok := effects[fn.FullName()]; ok {
		return e, true
	}
	if fn.Pkg() != nil && inertPackage(fn.Pkg().Path()) {
		return Effect{Kind: Inert}, true
	}
	return Effect{}, false
}

// Dates reports a layout of time.Time.Format that leaves the seconds out: many calls have the text in common.
func Dates(fn *types.Func, layout string) bool {
	return fn.FullName() == "(time.Time).Format" && !strings.Contains(layout, "05")
}

// Random reports a variable, by its full name, from which something new is read each time.
func Random(variable string) bool { return variable == "crypto/rand.Reader" }

// inertPackage reports whether nothing that a package of logs, metrics, traces or tests returns matters.
func inertPackage(path string) bool { return below(path, inertPackages) }

// effects is the table of all effects by full name.
var effects = effectTable()

// effectTable reads the lists of effects_table.go, in which one line holds a package and the functions in it that do the
// same; a method is written T.Method or *T.Method.
func effectTable() map[string]Effect {
	table := map[string]Effect{}
	for _, group := range effectGroups {
		pkg, names, _ := strings.Cut(group.names, ": ")
		for name := range strings.FieldsSeq(names) {
			table[fullName(pkg, name)] = group.effect
		}
	}
	return table
}

// fullName spells a function as types.Func.FullName does: pkg.F, (pkg.T).M, (*pkg.T).M.
func fullName(pkg, name string) string {
	qualifier := pkg + "."
	if pkg == "builtin" {
		qualifier = "" // error.Error
	}
	typ, method, ok := strings.Cut(name, ".")
	if !ok {
		return qualifier + name
	}
	if ptr, ok := strings.CutPrefix(typ, "*"); ok {
		return "(*" + qualifier + ptr + ")." + method
	}
	return "(" + qualifier + typ + ")." + method
}

// An effectGroup is a list of functions of one package that have the same effect.
type effectGroup struct {
	effect Effect
	names  string // "package: F T.M *T.M"
}

// copies are functions whose result is argument from.
func copies(from int, names string) effectGroup {
	return effectGroup{Effect{Kind: Copy, From: from}, names}
}

// decodes are functions that decode argument from into what argument into points to.
func decodes(from, into int, names string) effectGroup {
	return effectGroup{Effect{Kind: Decode, From: from, Into: into}, names}
}

// fresh are functions whose result is new on every call.
func fresh(names string) effectGroup { return effectGroup{Effect{Kind: Fresh}, names} }

// fills are functions that fill argument into with new data.
func fills(into int, names string) effectGroup {
	return effectGroup{Effect{Kind: Fill, Into: into}, names}
}

// calls are functions that call argument from.
func calls(from int, names string) effectGroup {
	return effectGroup{Effect{Kind: Calls, From: from}, names}
}

// formats are functions that format by argument from.
func formats(from int, names string) effectGroup {
	return effectGroup{Effect{Kind: Format, From: from}, names}
}

// inert are functions that do not matter.
func inert(names string) effectGroup { return effectGroup{Effect{Kind: Inert}, names} }

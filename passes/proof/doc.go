// Package proof runs the fixtures: what a check reports breaks the invariant
// that its package states in some schedule of two clients, its corrected twin
// and what the checks are silent about in none.
//
// It has tests only; TestProve prints the table. The functions that an overlay
// has fixed are named to it, and then must not break anything either:
//
//	go test -overlay=fixed.json ./passes/proof -run TestProve -v -fixed='lostupdate/mutex Raise'
package proof

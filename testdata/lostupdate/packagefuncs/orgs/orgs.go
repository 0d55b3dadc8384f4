// Package orgs is the part of an HTTP API that renames organisations and
// switches them off.
//
// A member renames the organisation while an administrator disables it: the
// rename writes Disabled false back, the organisation is open again.
//
// Invariant: once Disable returned nil, the organisation is disabled, and a
// name that Rename set stays.
package orgs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/packagefuncs/db"
)

var errNoOrg = errors.New("no such organisation")

// HandleRename answers PATCH /orgs/{id}.
func HandleRename(w http.ResponseWriter, r *http.Request) {
	var body struct{ Name string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, "bad body", http.StatusBadRequest)
		return
	}
	if err := Rename(r.Context(), r.PathValue("id"), body.Name); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Rename gives the organisation a name.
func Rename(ctx context.Context, id, name string) error {
	org, err := db.GetOrg(ctx, id)
	if err != nil {
		return err
	}
	if org == nil {
		return errNoOrg
	}
	org.Name = name
	return db.PutOrg(ctx, *org) // want lostupdate
}

// Disable switches the organisation off.
func Disable(ctx context.Context, id string) error {
	org, err := db.GetOrg(ctx, id)
	if err != nil {
		return err
	}
	if org == nil {
		return errNoOrg
	}
	org.Disabled = true
	return db.PutOrg(ctx, *org) // want lostupdate
}

// RenameSafe gives the organisation a name and leaves the rest of it alone.
func RenameSafe(ctx context.Context, id, name string) error {
	org, err := db.GetOrg(ctx, id)
	if err != nil {
		return err
	}
	if org == nil {
		return errNoOrg
	}
	if org.Name == name {
		return nil
	}
	return db.RenameOrg(ctx, id, name)
}

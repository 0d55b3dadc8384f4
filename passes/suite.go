// Package passes lists the analyzers of ddbvet, in one place.
package passes

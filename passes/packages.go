package passes

import "github.com/ddbvet/ddbvet/passes/internal/dynamo"

// KnownPackage reports whether the analysis knows a package by heart: the AWS SDKs, DAX, Lambda's events and
// guregu/dynamo stand in tables, so that their source is never looked at. Drivers need not load it.
func KnownPackage(path string) bool { return dynamo.SDKPackage(path) }

// ReachesDynamoDB reports whether a package that imports path directly may send requests to DynamoDB, build some,
// or handle records of its streams. Other packages of other modules have nothing to say.
func ReachesDynamoDB(path string) bool { return dynamo.ReachesDynamoDB(path) }

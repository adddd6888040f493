// Package recordstest holds the suite that every implementation of lts.Records
// passes, and Memory, the plainest one, with which the others are compared.
package recordstest

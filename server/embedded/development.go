package embedded

import (
	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/lts"
)

// Development credentials. They are public, so a server refuses to use them on
// an address that others can reach.
const (
	DevDomain      = "dev"
	DevUser        = "dev"
	DevPassword    = "dev"
	DevProject     = "dev"
	DevProjectID   = "0123456789abcdef0123456789abcdef"
	DevAccessKey   = "DEVACCESSKEY00000000"
	DevSecretKey   = "dev-secret-key-not-for-production"
	OtherProject   = "other"
	OtherProjectID = "fedcba9876543210fedcba9876543210"
	OtherAccessKey = "OTHERACCESSKEY000000"
	OtherSecretKey = "other-secret-key-not-for-production"
)

// Credentials of a user who is suspended, for DevProjectID, to try what such a
// user is answered.
const (
	SuspendedUser      = "suspended"
	SuspendedAccessKey = "SUSPENDEDKEY00000000"
	SuspendedSecretKey = "suspended-secret-key-not-for-production"
)

// DevBucket is the bucket that is made in the folder of buckets.
const DevBucket = "lts-test"

// DevDirectory is a domain with a user, two projects and an access key for each,
// for a server on one's own machine, and with a user who is suspended.
func DevDirectory() lts.DirectorySpec {
	const domainID, userID = "d0000000000000000000000000000001", "a0000000000000000000000000000001"
	const suspendedID = "a0000000000000000000000000000002"
	// The password is public, so a cheap hash does.
	hash, err := bcrypt.GenerateFromPassword([]byte(DevPassword), bcrypt.MinCost)
	if err != nil {
		panic(err) // only for passwords over 72 bytes
	}
	return lts.DirectorySpec{
		Domains: []lts.Domain{{ID: domainID, Name: DevDomain}},
		Users: []lts.User{
			{ID: userID, Name: DevUser, DomainID: domainID, PasswordHash: hash},
			{ID: suspendedID, Name: SuspendedUser, DomainID: domainID, PasswordHash: hash, Suspended: true},
		},
		Projects: []lts.Project{
			{ID: DevProjectID, Name: DevProject, DomainID: domainID},
			{ID: OtherProjectID, Name: OtherProject, DomainID: domainID},
		},
		Keys: []lts.AccessKey{
			{ID: DevAccessKey, Secret: DevSecretKey, UserID: userID, ProjectID: DevProjectID},
			{ID: OtherAccessKey, Secret: OtherSecretKey, UserID: userID, ProjectID: OtherProjectID},
			{ID: SuspendedAccessKey, Secret: SuspendedSecretKey, UserID: suspendedID, ProjectID: DevProjectID},
		},
	}
}

// DevCredentials ask for a token for the development project.
func DevCredentials() lts.Credentials {
	return lts.Credentials{
		UserName: DevUser, Domain: lts.Reference{Name: DevDomain}, Password: DevPassword,
		ProjectScope: &lts.Reference{ID: DevProjectID},
	}
}

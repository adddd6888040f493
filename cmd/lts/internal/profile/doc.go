// Package profile keeps what the client commands need to reach a service: an
// endpoint, a project and who calls, under a name, in a file that only its owner
// reads.
//
// # Where a connection comes from
//
// A connection is taken as a whole from one place, so that credentials never go
// to an endpoint that they were not meant for. In this order, the first that
// there is counts:
//
//  1. the profile that the flag --profile names;
//  2. the environment, once LTS_ENDPOINT is set: with LTS_PROJECT_ID and the
//     credentials as [client.WithEnvironment] finds them, those of the vendor's
//     tools and of OpenStack clients among them;
//  3. the profile that LTS_PROFILE names;
//  4. the current profile of the file.
//
// A profile without a password takes the one of LTS_PASSWORD, one without a
// secret key that of LTS_SECRET_KEY, one without a file of certificates that of
// LTS_CA_FILE. The profile [Dev] is there without a file.
package profile

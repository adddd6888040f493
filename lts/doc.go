// Package lts holds the rules of the Log Tank Service, free of HTTP and of
// storage: what a name may look like, what belongs to whom, what is refused
// and with which published error. What the rules need from outside (time, IDs,
// places to keep things) is passed in; the interfaces for it are declared here,
// next to their use.
package lts

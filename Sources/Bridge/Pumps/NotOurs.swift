/// What is to be done is for another process to do, or for a later delivery.
struct NotOurs: Error {}

import Testing

/// The promises that are kept against everything at once. One at a time: each keeps a small machine busy.
@Suite(.serialized) struct EnduranceTests {}

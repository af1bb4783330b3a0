/// What the specification of AsyncAPI 3.0.0 says of the objects that the bridge's document has, with the AMQP bindings
/// 0.3.0, as a schema. Nothing else may be in it.
enum AsyncAPIStructure {
    static let schema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["asyncapi", "info", "channels", "operations", "components"],
          "additionalProperties": false,
          "properties": {
            "asyncapi": { "const": "3.0.0" },
            "id": { "type": "string", "pattern": "^urn:" },
            "info": {
              "type": "object", "required": ["title", "version"], "additionalProperties": false,
              "properties": {
                "title": { "type": "string" }, "version": { "type": "string" }, "description": { "type": "string" }
              }
            },
            "defaultContentType": { "type": "string" },
            "channels": {
              "propertyNames": { "$ref": "#/$defs/name" }, "additionalProperties": { "$ref": "#/$defs/channel" }
            },
            "operations": {
              "propertyNames": { "$ref": "#/$defs/name" }, "additionalProperties": { "$ref": "#/$defs/operation" }
            },
            "components": {
              "type": "object", "additionalProperties": false,
              "properties": {
                "messages": {
                  "propertyNames": { "$ref": "#/$defs/name" }, "additionalProperties": { "$ref": "#/$defs/message" }
                },
                "schemas": {
                  "propertyNames": { "$ref": "#/$defs/name" },
                  "additionalProperties": { "$ref": "http://json-schema.org/draft-07/schema#" }
                }
              }
            }
          },
          "$defs": {
            "name": { "pattern": "^[A-Za-z0-9._-]+$" },
            "reference": {
              "type": "object", "required": ["$ref"], "additionalProperties": false,
              "properties": { "$ref": { "type": "string", "pattern": "^#/" } }
            },
            "expression": { "type": "string", "pattern": "^\\$message\\.(header|payload)#(/[^/]+)+$" },
            "located": {
              "type": "object", "required": ["location"], "additionalProperties": false,
              "properties": { "description": { "type": "string" }, "location": { "$ref": "#/$defs/expression" } }
            },
            "channel": {
              "type": "object", "required": ["address", "messages"], "additionalProperties": false,
              "properties": {
                "address": { "type": ["string", "null"] }, "description": { "type": "string" },
                "messages": { "type": "object", "minProperties": 1, "additionalProperties": { "$ref": "#/$defs/reference" } },
                "parameters": {
                  "type": "object",
                  "propertyNames": { "$ref": "#/$defs/name" },
                  "additionalProperties": {
                    "type": "object", "additionalProperties": false,
                    "properties": {
                      "description": { "type": "string" },
                      "enum": { "type": "array", "items": { "type": "string" } },
                      "examples": { "type": "array", "items": { "type": "string" } }
                    }
                  }
                },
                "bindings": {
                  "required": ["amqp"], "additionalProperties": false,
                  "properties": {
                    "amqp": {
                      "type": "object", "required": ["is", "bindingVersion"], "additionalProperties": false,
                      "properties": {
                        "is": { "enum": ["queue", "routingKey"] },
                        "exchange": {
                          "type": "object", "required": ["name", "type"], "additionalProperties": false,
                          "properties": {
                            "name": { "type": "string", "minLength": 1, "maxLength": 255 },
                            "type": { "enum": ["topic", "direct", "fanout", "default", "headers"] },
                            "durable": { "type": "boolean" }, "autoDelete": { "type": "boolean" },
                            "vhost": { "type": "string", "minLength": 1 }
                          }
                        },
                        "queue": {
                          "type": "object", "required": ["name"], "additionalProperties": false,
                          "properties": {
                            "name": { "type": "string", "minLength": 1, "maxLength": 255 },
                            "durable": { "type": "boolean" }, "exclusive": { "type": "boolean" },
                            "autoDelete": { "type": "boolean" }, "vhost": { "type": "string", "minLength": 1 }
                          }
                        },
                        "bindingVersion": { "const": "0.3.0" }
                      },
                      "oneOf": [
                        { "required": ["exchange"], "properties": { "is": { "const": "routingKey" } } },
                        { "required": ["queue"], "properties": { "is": { "const": "queue" } } }
                      ]
                    }
                  }
                }
              }
            },
            "operation": {
              "type": "object", "required": ["action", "channel"], "additionalProperties": false,
              "properties": {
                "action": { "enum": ["send", "receive"] }, "channel": { "$ref": "#/$defs/reference" },
                "summary": { "type": "string" },
                "reply": {
                  "type": "object", "additionalProperties": false,
                  "properties": { "address": { "$ref": "#/$defs/located" }, "channel": { "$ref": "#/$defs/reference" } }
                },
                "bindings": {
                  "required": ["amqp"], "additionalProperties": false,
                  "properties": {
                    "amqp": {
                      "type": "object", "required": ["bindingVersion"], "additionalProperties": false,
                      "properties": {
                        "ack": { "type": "boolean" }, "deliveryMode": { "enum": [1, 2] },
                        "mandatory": { "type": "boolean" }, "bindingVersion": { "const": "0.3.0" }
                      }
                    }
                  }
                }
              }
            },
            "message": {
              "type": "object", "required": ["payload"], "additionalProperties": false,
              "properties": {
                "name": { "type": "string" }, "title": { "type": "string" }, "summary": { "type": "string" },
                "description": { "type": "string" }, "correlationId": { "$ref": "#/$defs/located" },
                "headers": {
                  "anyOf": [
                    { "$ref": "#/$defs/reference" },
                    { "$ref": "http://json-schema.org/draft-07/schema#", "properties": { "type": { "const": "object" } } }
                  ]
                },
                "payload": { "$ref": "http://json-schema.org/draft-07/schema#" },
                "examples": {
                  "type": "array",
                  "items": {
                    "type": "object", "additionalProperties": false,
                    "properties": { "payload": true, "headers": { "type": "object" } }, "minProperties": 1
                  }
                },
                "bindings": {
                  "required": ["amqp"], "additionalProperties": false,
                  "properties": {
                    "amqp": {
                      "type": "object", "required": ["bindingVersion"], "additionalProperties": false,
                      "properties": {
                        "contentEncoding": { "type": "string" }, "messageType": { "type": "string" },
                        "bindingVersion": { "const": "0.3.0" }
                      }
                    }
                  }
                }
              }
            }
          }
        }
        """#
}

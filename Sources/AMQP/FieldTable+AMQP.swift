internal import CRabbitMQ

extension Arena {
    /// The table must have been measured: the library truncates keys that are too long.
    func table(_ table: FieldTable) -> amqp_table_t {
        guard !table.isEmpty else { return amqp_empty_table }
        let entries = allocate(amqp_table_entry_t.self, table.count)
        for (index, field) in table.enumerated() {
            entries[index] = amqp_table_entry_t(key: bytes(field.key), value: value(field.value))
        }
        return amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    private func value(_ value: FieldValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        func set(_ kind: amqp_field_value_kind_t) { field.kind = UInt8(kind.rawValue) }
        switch value {
        case .bool(let value):
            set(AMQP_FIELD_KIND_BOOLEAN)
            field.value.boolean = value ? 1 : 0
        case .int8(let value):
            set(AMQP_FIELD_KIND_I8)
            field.value.i8 = value
        case .uint8(let value):
            set(AMQP_FIELD_KIND_U8)
            field.value.u8 = value
        case .int16(let value):
            set(AMQP_FIELD_KIND_I16)
            field.value.i16 = value
        case .uint16(let value):
            set(AMQP_FIELD_KIND_U16)
            field.value.u16 = value
        case .int32(let value):
            set(AMQP_FIELD_KIND_I32)
            field.value.i32 = value
        case .uint32(let value):
            set(AMQP_FIELD_KIND_U32)
            field.value.u32 = value
        case .int64(let value):
            set(AMQP_FIELD_KIND_I64)
            field.value.i64 = value
        case .uint64(let value):
            set(AMQP_FIELD_KIND_I64)
            field.value.i64 = Int64(clamping: value)
        case .float(let value):
            set(AMQP_FIELD_KIND_F32)
            field.value.f32 = value
        case .double(let value):
            set(AMQP_FIELD_KIND_F64)
            field.value.f64 = value
        case .decimal(let scale, let value):
            set(AMQP_FIELD_KIND_DECIMAL)
            field.value.decimal = amqp_decimal_t(decimals: scale, value: value)
        case .string(let value):
            set(AMQP_FIELD_KIND_UTF8)
            field.value.bytes = bytes(value)
        case .bytes(let value):
            set(AMQP_FIELD_KIND_BYTES)
            field.value.bytes = value.withUnsafeBytes(bytes)
        case .timestamp(let value):
            set(AMQP_FIELD_KIND_TIMESTAMP)
            field.value.u64 = value
        case .table(let value):
            set(AMQP_FIELD_KIND_TABLE)
            field.value.table = table(value)
        case .array(let value):
            set(AMQP_FIELD_KIND_ARRAY)
            field.value.array = array(value)
        case .void:
            set(AMQP_FIELD_KIND_VOID)
        }
        return field
    }

    private func array(_ values: [FieldValue]) -> amqp_array_t {
        guard !values.isEmpty else { return amqp_empty_array }
        let entries = allocate(amqp_field_value_t.self, values.count)
        for (index, element) in values.enumerated() { entries[index] = value(element) }
        return amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }
}

extension FieldTable {
    /// Values nested deeper than this come in as `void`: nobody nests so deep but to harm.
    static let depthLimit = 64

    init(_ table: amqp_table_t, depth: Int = 0) {
        self.init()
        guard let entries = table.entries else { return }
        let count = Int(table.num_entries)
        reserveCapacity(count)
        for index in 0..<count {
            append(String(entries[index].key), FieldValue(entries[index].value, depth: depth + 1))
        }
    }
}

extension FieldValue {
    init(_ field: amqp_field_value_t, depth: Int) {
        switch amqp_field_value_kind_t(UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(field.value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .int8(field.value.i8)
        case AMQP_FIELD_KIND_U8: self = .uint8(field.value.u8)
        case AMQP_FIELD_KIND_I16: self = .int16(field.value.i16)
        case AMQP_FIELD_KIND_U16: self = .uint16(field.value.u16)
        case AMQP_FIELD_KIND_I32: self = .int32(field.value.i32)
        case AMQP_FIELD_KIND_U32: self = .uint32(field.value.u32)
        case AMQP_FIELD_KIND_I64: self = .int64(field.value.i64)
        case AMQP_FIELD_KIND_U64: self = .uint64(field.value.u64)
        case AMQP_FIELD_KIND_F32: self = .float(field.value.f32)
        case AMQP_FIELD_KIND_F64: self = .double(field.value.f64)
        case AMQP_FIELD_KIND_DECIMAL:
            self = .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
        case AMQP_FIELD_KIND_UTF8: self.init(text: UnsafeRawBufferPointer(field.value.bytes))
        case AMQP_FIELD_KIND_BYTES: self = .bytes(Array(UnsafeRawBufferPointer(field.value.bytes)))
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(field.value.u64)
        case AMQP_FIELD_KIND_TABLE where depth < FieldTable.depthLimit:
            self = .table(FieldTable(field.value.table, depth: depth))
        case AMQP_FIELD_KIND_ARRAY where depth < FieldTable.depthLimit:
            self = .array(Self.array(field.value.array, depth: depth))
        default: self = .void
        }
    }

    private init(text: UnsafeRawBufferPointer) {
        if let string = String(validating: text, as: UTF8.self) {
            self = .string(string)
        } else {
            self = .bytes(Array(text))
        }
    }

    private static func array(_ array: amqp_array_t, depth: Int) -> [FieldValue] {
        guard let entries = array.entries else { return [] }
        return (0..<Int(array.num_entries)).map { FieldValue(entries[$0], depth: depth + 1) }
    }
}

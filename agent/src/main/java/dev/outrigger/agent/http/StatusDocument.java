package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.Poison;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.NodeStatus;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The status document of the protocol. What is not known is null, never left out and never invented. */
record StatusDocument(NodeStatus status) implements Json.Document {
    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("cluster");
        json.writeStringField("name", status.clusterName());
        write(json, "id", status.clusterId());
        json.writeEndObject();
        writeNode(json, status.node());
        json.writeStringField("role", status.role());
        json.writeNumberField("term", status.term());
        write(json, "leader", status.leader().map(MemberId::name));
        writeLog(json, status.log());
        writeSnapshot(json, status.snapshot());
        writeApp(json, status.app());
        json.writeObjectFieldStart("sessions");
        json.writeNumberField("open", status.sessions().open());
        json.writeNumberField("resultBytes", status.sessions().resultBytes());
        json.writeEndObject();
        json.writeArrayFieldStart("members");
        for (NodeStatus.Member member : status.members()) {
            writeMember(json, member);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("diagnosis");
        for (NodeStatus.Diagnosis diagnosis : status.diagnosis()) {
            writeDiagnosis(json, diagnosis);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeSnapshot(JsonGenerator json, Optional<NodeStatus.Snapshot> snapshot) throws IOException {
        if (snapshot.isEmpty()) {
            json.writeNullField("snapshot");
            return;
        }
        json.writeObjectFieldStart("snapshot");
        json.writeNumberField("index", snapshot.get().index());
        json.writeNumberField("term", snapshot.get().term());
        json.writeNumberField("bytes", snapshot.get().bytes());
        json.writeEndObject();
    }

    private static void writeNode(JsonGenerator json, NodeStatus.Self node) throws IOException {
        json.writeObjectFieldStart("node");
        json.writeStringField("name", node.name().name());
        json.writeStringField("storageId", node.storageId());
        json.writeNumberField("epoch", node.epoch());
        json.writeStringField("version", node.version());
        write(json, "zone", node.zone());
        json.writeNumberField("uptimeMs", node.uptimeMs());
        json.writeBooleanField("draining", node.draining());
        json.writeEndObject();
    }

    private static void writeLog(JsonGenerator json, NodeStatus.Log log) throws IOException {
        json.writeObjectFieldStart("log");
        json.writeNumberField("first", log.first());
        json.writeNumberField("last", log.last());
        json.writeNumberField("commit", log.commit());
        json.writeNumberField("applied", log.applied());
        json.writeNumberField("bytes", log.bytes());
        write(json, "syncP99Us", log.syncP99Micros());
        json.writeEndObject();
    }

    private static void writeApp(JsonGenerator json, AppStatus app) throws IOException {
        json.writeObjectFieldStart("app");
        json.writeStringField("state", app.state().name().toLowerCase(Locale.ROOT));
        write(json, "version", app.version());
        json.writeNumberField("applied", app.appliedIndex());
        write(json, "reason", app.reason());
        writePoison(json, app.poison());
        json.writeEndObject();
    }

    private static void writePoison(JsonGenerator json, Optional<Poison> poison) throws IOException {
        if (poison.isEmpty()) {
            json.writeNullField("paused");
            return;
        }
        Poison at = poison.get();
        json.writeObjectFieldStart("paused");
        json.writeNumberField("index", at.index());
        write(json, "session", at.session() > 0 ? Optional.of(Long.toString(at.session())) : Optional.empty());
        write(json, "sequence", at.session() > 0 ? Optional.of(at.sequence()) : Optional.empty());
        json.writeNumberField("bytes", at.bytes());
        json.writeStringField("payload", at.payload());
        json.writeStringField("answer", at.answer());
        json.writeEndObject();
    }

    private static void writeMember(JsonGenerator json, NodeStatus.Member member) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", member.name().name());
        json.writeStringField("peer", member.peer());
        json.writeStringField("role", member.role());
        write(json, "match", member.match());
        write(json, "lastContactMs", member.lastContactMs());
        write(json, "zone", member.zone());
        write(json, "version", member.version());
        json.writeEndObject();
    }

    private static void writeDiagnosis(JsonGenerator json, NodeStatus.Diagnosis diagnosis) throws IOException {
        json.writeStartObject();
        json.writeStringField("code", diagnosis.code());
        json.writeStringField("severity", diagnosis.severity());
        json.writeStringField("since", diagnosis.since().toString());
        json.writeStringField("message", diagnosis.message());
        json.writeObjectFieldStart("evidence");
        for (Map.Entry<String, Object> fact : diagnosis.evidence().entrySet()) {
            json.writeFieldName(fact.getKey());
            write(json, fact.getValue());
        }
        json.writeEndObject();
        json.writeStringField("next", diagnosis.next());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Optional<?> value) throws IOException {
        json.writeFieldName(name);
        if (value.isPresent()) {
            write(json, value.get());
        } else {
            json.writeNull();
        }
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Long || value instanceof Integer) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else {
            json.writeString(value.toString());
        }
    }
}

package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/**
 * The results of a batch, in the order of its commands.
 *
 * @param answers one for each command that was taken
 */
record BatchResults(BatchRequest request, List<Answer<Answer.Applied>> answers) {
    Buffer write(Problems problems) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            writeResults(json, problems);
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void writeResults(JsonGenerator json, Problems problems) throws IOException {
        Iterator<Answer<Answer.Applied>> next = answers.iterator();
        for (int place = 0; place < request.size(); place++) {
            Problem refused = request.refused().get(place);
            Answer<Answer.Applied> answer = refused != null ? new Answer.Failed<>(refused) : next.next();
            if (answer instanceof Answer.Ok<Answer.Applied> ok) {
                write(json, ok.value());
            } else if (answer instanceof Answer.Failed<Answer.Applied> failed) {
                write(json, failed.problem(), problems);
            }
        }
    }

    private static void write(JsonGenerator json, Answer.Applied applied) throws IOException {
        byte[] data =
                Base64.getEncoder().encode(applied.data().array()); // the JDK's is faster than the generator's own
        json.writeStartObject();
        json.writeNumberField("index", applied.index());
        json.writeNumberField("term", applied.term());
        json.writeNumberField("code", applied.code());
        json.writeFieldName("data");
        json.writeRawUTF8String(data, 0, data.length);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Problem problem, Problems problems) throws IOException {
        problems.count(problem);
        json.writeStartObject();
        json.writeFieldName("problem");
        new ProblemDocument(problem).writeTo(json);
        json.writeEndObject();
    }
}

"""Words that say nothing about what an article is about: data for `terms`.

Syllables for Vietnamese, words for English, words written large before a name that are no part of
it, pairs of syllables that any news may hold, and names that stand in so much of the news that
sharing one relates nothing. Written in plain spelling, pairs and names parted by commas; `words`
brings them to match form.
"""

VIETNAMESE_SYLLABLES = """
à ai anh ạ ấy bà bạn bao bằng bấy bây bên bị bởi bỗng các cái cả cách càng cạnh cần chỉ chị cho
chớ chú chưa chúng chứ chừng có còn con cô cơn của cuộc cùng cũng cứ dạ dần dẫn do dù dưới dường
đã đang đành đâu đây đấy để đến đều đi đó đôi đối đợt đúng được đừng gần gì già giữa giờ hãy hay
hầu hẳn hết hiện hoặc hôm hơn ít khá khác khắp khi khiến không kể kém kiểu kia kịp là lại làm
lần lắm lẫn lên liền liệu loạt lúc luôn mà mãi mang mấy mặc mỗi mọi mong một mới muốn mười mình
nào này nay năm nằm nên nếu ngày ngay ngoài người nhau nhằm nhất nhé nhiều nhỉ như nhưng những
nó nọ nói nơi nữa ở ông phải phía phút qua quá quanh quả ra rất rằng riêng rõ rồi rốt sang sao
sau sẽ sự suốt tại tám tận tất thấy thay theo thế thêm thì thôi thuộc thường thứ tới tối tôi
trăm trên trong trở trưa trước từ từng tự tuần tuy tuyệt và vài vào vẫn vậy về vì việc với vô
vốn vụ vừa xong xuống ý yêu hai ba bốn sáu bảy chín triệu tỷ nghìn ngàn tháng biết đưa gồm lớn
nhỏ thấp dài ngắn xấu đủ thiếu cuối giúp dùng sử dụng chịu đạt đặt gây gặp hỏi kèm lấy mở nhận
trả vượt xem chiều nghe
"""

HEAD_WORDS = """
bộ sở tỉnh huyện quận xã phường thị trấn đảng ban viện bác cháu ngài tp phố ủy chủ tịch tá úy
luật báo ông bà anh chị tại theo ngày tháng năm ở trong khi sau trước với từ và nhưng nếu do để
vì bởi đến về cùng trên dưới hiện người những các một đây đó này nhà ảnh clip video trận vụ sáng
chiều tối trưa hôm nguồn cả mỗi riêng còn tuy dù ngoài mới mr mrs ms dr sir the a an in on at
for from with and but if by as of to it he she they this that
"""

DULL_PAIRS = """
điều này, ban đầu, bắt đầu, đầu tiên, tổng số, tổng cộng, phát hiện, đối tượng, điều hành, đồng
thời, đồng ý, liên tục, toàn bộ, hoàn toàn, chính thức, chính là, cơ bản, giám sát, kiểm tra,
thành viên, quan điểm, quan tâm, điều chỉnh, xuất hiện, cao nhất, cao hơn, tốt nhất, công bố,
tuyên bố, sử dụng, tìm hiểu, thành lập, tư vấn, giá trị, phát hành, hình thức, thủ tục, mọi
người, con người, một phần, phần lớn, chủ yếu, chủ đề, thành phố, tổ chức, thực hiện, công tác,
hoạt động, thời gian, địa phương, thông tin, hỗ trợ, triển khai, nội dung, tình hình, tình
trạng, kết quả, chương trình, kế hoạch, vấn đề, quy định, cơ quan, đơn vị, lãnh đạo, chủ tịch,
giám đốc, bộ trưởng, thủ tướng, phó chủ, phó giám, đại diện, cán bộ, nhân viên, chuyên gia, báo
cáo, phóng viên, hãng tin, tham gia, phối hợp, tiếp tục, tăng cường, đẩy mạnh, nâng cao, hiệu
quả, chất lượng, phát triển, xây dựng, khu vực, quốc gia, quốc tế, thế giới, xã hội, nhà nước,
chính phủ, chính sách, pháp luật, doanh nghiệp, khả năng, cơ sở, trung tâm, trung ương, kinh
nghiệm, điều kiện, nhu cầu, mục tiêu, giải pháp, ảnh hưởng, nguyên nhân, hậu quả, trách nhiệm,
quyết định, đề nghị, yêu cầu, kiến nghị, khẳng định, nhấn mạnh, phát biểu, trả lời, chia sẻ,
đánh giá, dự kiến, hiện nay, gia đình, cuộc sống, đời sống, dân tộc, nhân dân, người dân, xảy
ra, trực tiếp, trường hợp, số lượng, tỷ lệ, tỉ lệ, mức độ, diễn ra, địa bàn, tập trung, đảm bảo,
bảo đảm, đặc biệt, bên cạnh, tuy nhiên, cụ thể, liên quan, hàng loạt, nhanh chóng, quan trọng,
khó khăn, thuận lợi, vi phạm, sản phẩm, dịch vụ, khách hàng, công ty, thị trường, hội nghị, hội
thảo, ủy ban, hội đồng, đoàn công, buổi làm, trưởng đoàn, đồng chí, ngành liên, kỷ niệm, theo
dõi, ghi nhận, bình luận, tác giả, nguồn tin
"""

ORDINARY_NAMES = """
Việt Nam, Hà Nội, TP HCM, TPHCM, HCM, Hồ Chí Minh, TP Hồ Chí Minh, Thành phố Hồ Chí Minh, Sài
Gòn, Mỹ, Anh, Nga, Nhật, Pháp, Đức, Trung Quốc, UBND, HĐND, CSGT, PV, TP, AFP, AP, Reuters, BBC,
CNN, TTXVN, TTO, VOV, VTV, Internet, Facebook, Ảnh, Bộ, Sở, Ban, Ủy, Đảng, Nhà, USD, VND, Quốc
hội, Chính phủ, Nhà nước, Trung ương, Ủy ban, Bộ trưởng, Thứ trưởng, Thủ tướng, Giám đốc, Phó
Giám đốc, Chủ tịch, Phó Chủ tịch, Tổng thống, United States, U.S, US, UK, EU, America, American,
Britain, British, London, New York, Washington, January, February, March, April, May, June,
July, August, September, October, November, December, Monday, Tuesday, Wednesday, Thursday,
Friday, Saturday, Sunday
"""

ENGLISH_WORDS = """
a able about above according across actually added adding after afterwards again against ago
ahead all almost alone along already also although always am amid among an and announced another
any anyone anything are around as ask asked at away back be became because become been before
began behind being believe below best better between beyond big both bring but by call called
came can cannot case chief come comes coming could day days despite did different do does doing
done down during each earlier early either else end enough especially even event ever every
everyone everything expected face far few find first five following for former found four from
full further gave general get getting give given go goes going good got great group had half
happened has have having he head held help her here high him his home how however if important
in including increase instead into is issue it its itself just keep key kind know known large
last late later latest lead least left less let like likely little local long look looking lot
made main make makes making man many may maybe me mean meanwhile member members might million
minister month months more morning most mostly move mr mrs ms much must my nearly need never new
news next night no nor not nothing now number of off official officials often old on once one
only open or other others our out over own part people per percent perhaps place plan plans
point possible president prime put quite rather reached read really recent recently report
reported reports right said same saw say saying says second see seen several shall she should
show showed shows side since six small so some someone something soon spokesman spokesperson
started state statement states still such support take taken taking ten than that the their them
then there these they thing things think third this those though thought thousand three through
thursday time times to today together told tomorrow too took top toward towards tried try trying
two under until up upon us use used using very via want wanted was way we week weeks well went
were what when where whether which while who whole whom whose why will with within without woman
work working world would year years yes yesterday yet you young your
"""
